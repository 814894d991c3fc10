/** A backend that may be able to start here. */
export interface Candidate {
  /** The name users ask for. */
  readonly name: BackendName
  /** What runs it, for tables: the same name can mean different devices. */
  readonly device: string
  /**
   * Registers the backend with TensorFlow.js under `name` where it is not yet.
   *
   * @returns what started, for the reason given to the user
   * @throws Error saying why it cannot start here and what to install
   */
  readonly start: (options: StartOptions) => Promise<string>
}

/** How a backend is to start. */
export interface StartOptions {
  /** Nobody asked for it by name: only what is worth choosing should start. */
  readonly automatic: boolean
  /** How many threads to use, where the backend has a choice. */
  readonly threads?: number | undefined
  /** Which vector instructions to use, where the backend has a choice. */
  readonly instructionSet?: string | undefined
  /** How many bytes tensors may take, where the backend counts them. */
  readonly memoryLimit?: number | undefined
}

/** The backends `useBackend` knows by name. */
export type BackendName = 'tensorflow' | 'webgpu' | 'native' | 'wasm' | 'cpu'

/** What an optional peer dependency exports, or why it cannot be imported. */
export async function importOptional(
  name: string,
): Promise<
  { readonly exports: object } | { readonly exports: undefined; readonly reason: string }
> {
  try {
    // The name is a variable, so that neither the compiler nor a bundler looks for the package.
    const exports: unknown = await import(name)
    return { exports: typeof exports === 'object' && exports !== null ? exports : {} }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const missing = message.includes(`'${name}'`) && message.includes('Cannot find')
    const reason = missing ? 'not installed' : (message.split('\n')[0] ?? message)
    return { exports: undefined, reason: `${name}: ${reason}` }
  }
}
