import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isKernels, type Kernels } from './kernels.js'

/** What {@link loadKernels} found. */
export type LoadedKernels =
  | {
      readonly kernels: Kernels /** The file or package they came from. */
      readonly source: string
    }
  | { readonly kernels: undefined /** What was tried, and what to do. */; readonly error: Error }

/**
 * Loads the native kernels of this machine, once per thread. Tried in this order:
 * the file named by the environment variable LLM_KERNELS_PATH (then nothing else), the package
 * `@llm/kernels-<platform>-<arch>`, the local build `native/<platform>-<arch>.node`.
 * Never throws: when there are none, the error says what was tried and what to do.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { loadKernels } = await import('./load-kernels.js')
 * const loaded = loadKernels()
 * expect(loaded.kernels?.sumAll(new Float32Array([1, 2, 3])) ?? 6).toBe(6)
 * ```
 */
export function loadKernels(): LoadedKernels {
  loaded ??= load(process.env.LLM_KERNELS_PATH)
  return loaded
}

/** As {@link loadKernels}, with the override given and nothing remembered. */
export function load(override: string | undefined): LoadedKernels {
  const platform = `${process.platform}-${process.arch}`
  const local = fileURLToPath(new URL(`../native/${platform}.node`, import.meta.url))
  const sources = override ? [override] : [`@llm/kernels-${platform}`, local]
  const tried: string[] = []
  for (const source of sources) {
    try {
      const addon: unknown = require(source)
      if (isKernels(addon)) {
        // Throws where the environment asks for instructions that are not there.
        addon.instructionSet()
        return { kernels: addon, source }
      }
      tried.push(`${source}: built for another version of this package`)
    } catch (error) {
      tried.push(`${source}: ${firstLine(error)}`)
    }
  }
  const message = `loadKernels: no native kernels for ${platform}. Tried:\n  ${tried.join('\n  ')}\n${advice}`
  return { kernels: undefined, error: new Error(message) }
}

const require: NodeJS.Require = createRequire(import.meta.url)
let loaded: LoadedKernels | undefined

// A lockfile made on another system can lack the platform package: https://github.com/npm/cli/issues/4828
const advice =
  'Build them with cargo (npm run build:native in packages/kernels), install the platform package ' +
  '(delete node_modules and the lockfile if npm left it out), or name a file in LLM_KERNELS_PATH.'

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n')[0] ?? message
}
