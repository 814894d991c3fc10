import { tf } from '../../tf.js'
import { type Candidate, importOptional, type StartOptions } from '../candidate.js'
import { zerosOverNothing } from '../sums-of-nothing.js'
import { buildFolder, readBuild, type TensorflowBuild } from './build-location.js'
import { countGpus, prepareEnvironment } from './environment.js'

/** TensorFlow's C library on an NVIDIA GPU: a build of `llm-tensorflow --gpu`, or @tensorflow/tfjs-node-gpu. */
export const tensorflowOnGpu: Candidate = {
  name: 'tensorflow',
  device: 'GPU, TensorFlow',
  start: async (options) => {
    const { what, usesGpu, build } = await load(['@tensorflow/tfjs-node-gpu'], true, options)
    if (usesGpu) return `${what} on a GPU`
    const needed =
      build === undefined
        ? 'it needs the CUDA 11 and cuDNN 8 libraries and a GPU they know'
        : build.gpu
          ? "it needs NVIDIA's driver for CUDA 12 or newer"
          : 'it was built for the CPU: npx llm-tensorflow --gpu builds another'
    throw new Error(`${what} found no GPU; ${needed}`)
  },
}

/** TensorFlow's C library on the CPU: a build of `llm-tensorflow`, or the binary of @tensorflow/tfjs-node. */
export const tensorflow: Candidate = {
  name: 'tensorflow',
  device: 'CPU, TensorFlow',
  start: async (options) => {
    const packages = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']
    const { what, usesGpu } = await load(packages, false, options)
    return `${what} on the ${usesGpu ? 'GPU' : 'CPU'}`
  },
}

interface Loaded {
  /** The package, the version of TensorFlow, and the GPU where there is a choice. */
  readonly what: string
  readonly usesGpu: boolean
  readonly build: TensorflowBuild | undefined
  readonly threads: number | undefined
}

// All packages and builds register the same name: the first that loads in a process stays.
let loaded: Loaded | undefined

async function load(
  packages: readonly string[],
  gpu: boolean,
  { threads, automatic }: StartOptions,
): Promise<Loaded> {
  if (loaded !== undefined) {
    if (automatic || threads === undefined || threads === loaded.threads) return loaded
    const kept = loaded.threads === undefined ? 'its own choice of threads' : loaded.threads
    throw new Error(
      `TensorFlow has started with ${kept} (threads) in this process and cannot change to ${threads}`,
    )
  }
  if (typeof process === 'undefined') throw new Error('it runs only in Node')
  await restoreUtil()
  const note = prepareEnvironment({ threads, gpus: await countGpus() })
  const reasons: string[] = []
  const folder = await buildFolder()
  const build = await readBuild(folder)
  if (build !== undefined && (build.gpu || !gpu)) {
    const name = '@tensorflow/tfjs-node'
    const reason = await useAddon(name, build)
    if (reason === undefined) {
      loaded = started(name, note, { build, threads })
      return loaded
    }
    reasons.push(`the build in ${folder}: ${reason}`)
  } else {
    reasons.push(`no build${gpu ? ' for a GPU' : ''} in ${folder}`)
  }
  for (const name of packages) {
    const found = await importOptional(name)
    if (found.exports === undefined) {
      const binary = found.reason.includes('tfjs_binding.node')
      reasons.push(binary ? `${name} is here without its binary` : found.reason)
      forgetKernels()
      continue
    }
    loaded = started(name, note, { build: undefined, threads })
    return loaded
  }
  const flag = gpu ? ' --gpu' : ''
  throw new Error(
    `${reasons.join('; ')}. Linux x64: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0 node-api-headers, then ` +
      `npx llm-tensorflow${flag}; elsewhere, with an older TensorFlow: npm install ${packages[0]}@4.22.0`,
  )
}

/**
 * Loads tfjs-node on the addon that was built: it asks node-pre-gyp where its addon is, and we answer.
 *
 * @returns undefined, or why it did not load
 */
async function useAddon(
  name: string,
  build: TensorflowBuild & { readonly addon: string },
): Promise<string | undefined> {
  const { createRequire } = await import('node:module')
  const require = createRequire(import.meta.url)
  let manifest: string
  try {
    manifest = require.resolve(`${name}/package.json`)
  } catch {
    return `${name} is not installed: npm install --ignore-scripts ${name}@${build.tfjsNode}`
  }
  const { version }: { version: string } = require(manifest)
  if (version !== build.tfjsNode) {
    return `made for ${name} ${build.tfjsNode}, and ${version} is installed: build again`
  }
  const locate: { find: unknown } = createRequire(manifest)(
    '@mapbox/node-pre-gyp/lib/pre-binding.js',
  )
  const { find } = locate
  locate.find = () => build.addon
  try {
    const found = await importOptional(name)
    if (found.exports !== undefined) return undefined
    forgetKernels()
    return found.reason
  } finally {
    locate.find = find
  }
}

/** A package whose binary is missing registers its kernels before it fails. */
function forgetKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
    tf.unregisterKernel(kernelName, 'tensorflow')
  }
}

function started(name: string, note: string, how: Pick<Loaded, 'build' | 'threads'>): Loaded {
  zerosOverNothing('tensorflow')
  const backend: object = tf.engine().findBackend('tensorflow')
  const binding: object = 'binding' in backend ? Object(backend.binding) : {}
  const version = 'TF_Version' in binding ? ` with TensorFlow ${binding.TF_Version}` : ''
  const usesGpu = 'isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true
  return { what: `${name}${version}${note}`, usesGpu, ...how }
}

/**
 * tfjs-node 4.22 calls two functions of node:util that Node 22 warns of and Node 23 removed:
 * https://github.com/tensorflow/tfjs/issues/8609
 */
async function restoreUtil(): Promise<void> {
  const { createRequire } = await import('node:module')
  const util: Record<string, unknown> = createRequire(import.meta.url)('node:util')
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined
  util.isArray = Array.isArray
}
