import { importOptional } from '../candidate.js'

/** The part of the WebGPU API that is used here. */
export interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<GpuAdapter | null>
}

/** A device that WebGPU can use, before it is opened. */
export interface GpuAdapter {
  readonly info: {
    readonly vendor?: string
    readonly architecture?: string
    readonly device?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
}

/**
 * The WebGPU of the browser, or of Dawn, which is started once and put where TensorFlow.js looks for it.
 *
 * @throws Error saying what is missing and what to install
 */
export async function findGpu(): Promise<{ readonly gpu: Gpu; readonly from: string }> {
  const navigator = findNavigator()
  if (navigator !== undefined && 'gpu' in navigator && isGpu(navigator.gpu)) {
    return { gpu: navigator.gpu, from: dawnStarted ? 'Dawn' : 'WebGPU' }
  }
  if (typeof process === 'undefined') {
    throw new Error(
      'this page has no WebGPU: it needs a browser that has it, and an address of https or localhost',
    )
  }
  return { gpu: await startDawn(), from: 'Dawn' }
}

let dawnStarted = false

async function startDawn(): Promise<Gpu> {
  const dawn = await importOptional('webgpu')
  if (dawn.exports === undefined) {
    throw new Error(
      `${dawn.reason}. npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0`,
    )
  }
  const { exports } = dawn
  const create = 'create' in exports ? exports.create : undefined
  if (typeof create !== 'function') throw new Error('webgpu: expected a function create')
  if ('globals' in exports) Object.assign(globalThis, exports.globals)
  const gpu: unknown = create([])
  if (!isGpu(gpu)) throw new Error('webgpu: create() made no GPU')
  // Node 20 has no navigator, later ones have one without a GPU.
  const navigator = findNavigator() ?? {}
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
  dawnStarted = true
  return gpu
}

function findNavigator(): object | undefined {
  const found: unknown = Reflect.get(globalThis, 'navigator')
  return typeof found === 'object' && found !== null ? found : undefined
}

function isGpu(value: unknown): value is Gpu {
  return typeof value === 'object' && value !== null && 'requestAdapter' in value
}
