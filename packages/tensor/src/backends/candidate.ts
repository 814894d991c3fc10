/** A backend that may be able to start here. */
export interface Candidate {
  /** The name users ask for. */
  readonly name: BackendName
  /** What runs it, for tables: where the same name can mean different devices. */
  readonly device: string
  /**
   * Registers the backend with TensorFlow.js under `name` without making it the active one.
   *
   * @returns what started, for the reason given to the user
   * @throws Error saying why it cannot start here and what to install
   */
  readonly start: () => Promise<string>
}

/** The backends `useBackend` knows by name. */
export type BackendName = 'tensorflow' | 'webgpu' | 'native' | 'wasm' | 'cpu'
