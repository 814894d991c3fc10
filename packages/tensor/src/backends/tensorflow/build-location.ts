/** What `llm-tensorflow` leaves in its folder as build.json: an addon of tfjs-node on a TensorFlow of the user's choice. */
export interface TensorflowBuild {
  /** The version of @tensorflow/tfjs-node whose sources were compiled. */
  readonly tfjsNode: string
  /** The version of TensorFlow it is linked with. */
  readonly tensorflow: string
  /** TensorFlow was built for CUDA. */
  readonly gpu: boolean
}

/** The file that says what was built, in the folder of a build. */
export const buildFile = 'build.json'

/** The compiled addon, in the folder of a build. */
export const addonFile = 'tfjs_binding.node'

/** The folder a build is put into and looked for in: LLM_TENSORFLOW, or one in the user's cache. */
export async function buildFolder(): Promise<string> {
  const { homedir } = await import('node:os')
  const { join, resolve } = await import('node:path')
  const given = process.env.LLM_TENSORFLOW
  if (given) return resolve(given)
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'llm-tensorflow')
}

/**
 * The build in a folder; undefined where there is none.
 *
 * @throws Error if what is there cannot be read
 */
export async function readBuild(
  folder: string,
): Promise<(TensorflowBuild & { readonly addon: string }) | undefined> {
  const { existsSync, readFileSync } = await import('node:fs')
  const { join } = await import('node:path')
  const [file, addon] = [join(folder, buildFile), join(folder, addonFile)]
  if (!existsSync(file) || !existsSync(addon)) return undefined
  const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (isBuild(found)) return { ...found, addon }
  throw new Error(`${file}: expected what llm-tensorflow writes; build again`)
}

function isBuild(value: unknown): value is TensorflowBuild {
  return (
    typeof value === 'object' &&
    value !== null &&
    'tfjsNode' in value &&
    typeof value.tfjsNode === 'string' &&
    'tensorflow' in value &&
    typeof value.tensorflow === 'string' &&
    'gpu' in value &&
    typeof value.gpu === 'boolean'
  )
}
