import { parseArgs } from 'node:util'
import { newestTried } from './versions.js'

/** What `llm-tensorflow` is asked to do. */
export interface BuildOptions {
  /** Link the TensorFlow that knows NVIDIA GPUs, and fetch NVIDIA's libraries. */
  readonly gpu: boolean
  /** The version of TensorFlow to fetch. */
  readonly version: string
  /** A wheel that is already here, in the place of a download. */
  readonly wheel: string | undefined
  /** The folder of an installed Python package `tensorflow`, in the place of a wheel. */
  readonly tensorflow: string | undefined
  /** The Python that fetches and unpacks. */
  readonly python: string
  /** Where the build goes; the folder `useBackend` looks in when undefined. */
  readonly to: string | undefined
}

export const usage: string = `llm-tensorflow [options]

Builds the addon of @tensorflow/tfjs-node for a current TensorFlow, for useBackend('tensorflow').

  --gpu                  for NVIDIA GPUs, with NVIDIA's libraries (about 3 GB to fetch)
  --version <version>    the TensorFlow to fetch from PyPI (default ${newestTried})
  --wheel <file>         a wheel of tensorflow or tensorflow-cpu that is already here
  --tensorflow <folder>  an installed one: .../site-packages/tensorflow; it has to stay there
  --python <program>     the Python with pip that fetches and unpacks (default python3)
  --to <folder>          where the build goes (default: LLM_TENSORFLOW, or ~/.cache/llm-tensorflow)
  --help

Needs Linux x64, a C++ compiler, Python 3 with pip (not with --tensorflow), and beside @llm/tensor the packages
@tensorflow/tfjs-node and node-api-headers: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0 node-api-headers
`

/**
 * Reads the command line; 'help' if that is what it asks for.
 *
 * @throws Error naming the option that is unknown, lacks its value or contradicts another
 */
export function parseOptions(argv: readonly string[]): BuildOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      gpu: { type: 'boolean', default: false },
      version: { type: 'string', default: newestTried },
      wheel: { type: 'string' },
      tensorflow: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      to: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { gpu, version, wheel, tensorflow, python, to, help } = values
  if (help) return 'help'
  if (wheel !== undefined && tensorflow !== undefined) {
    throw new Error('llm-tensorflow: expected --wheel or --tensorflow, got both')
  }
  return { gpu, version, wheel, tensorflow, python, to }
}
