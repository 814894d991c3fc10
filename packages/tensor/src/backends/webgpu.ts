import { type Candidate, importOptional } from './candidate.js'

/** TensorFlow.js's WebGPU kernels: the browser's own WebGPU, or Dawn from the package `webgpu` in Node. */
export const webgpu: Candidate = {
  name: 'webgpu',
  device: 'GPU, WebGPU',
  start: async ({ automatic }) => {
    const gpu = findGpu() ?? (await startDawn())
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (adapter === null)
      throw new Error('no adapter: it needs a driver for Vulkan, Metal or D3D12')
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info
    const name = [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed'
    if (automatic && (isFallbackAdapter === true || software.test(name))) {
      throw new Error(`only a software rasteriser here (${name}); ask for it by name to use it`)
    }
    const backend = await importOptional('@tensorflow/tfjs-backend-webgpu')
    if (backend.exports === undefined) {
      throw new Error(`${backend.reason}. npm install @tensorflow/tfjs-backend-webgpu@4.22.0`)
    }
    return `WebGPU on ${name}`
  },
}

const software = /swiftshader|llvmpipe|lavapipe|basic render/i

/** The part of the WebGPU API that is used here. */
interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<Adapter | null>
}

interface Adapter {
  readonly info: {
    readonly vendor?: string
    readonly architecture?: string
    readonly device?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
}

function findGpu(): Gpu | undefined {
  const navigator = findNavigator()
  return navigator !== undefined && 'gpu' in navigator && isGpu(navigator.gpu)
    ? navigator.gpu
    : undefined
}

function findNavigator(): object | undefined {
  const found: unknown = Reflect.get(globalThis, 'navigator')
  return typeof found === 'object' && found !== null ? found : undefined
}

function isGpu(value: unknown): value is Gpu {
  return typeof value === 'object' && value !== null && 'requestAdapter' in value
}

async function startDawn(): Promise<Gpu> {
  const dawn = await importOptional('webgpu')
  if (dawn.exports === undefined) throw new Error(`${dawn.reason}. npm install webgpu`)
  const { exports } = dawn
  const create = 'create' in exports ? exports.create : undefined
  if (typeof create !== 'function') throw new Error('webgpu: expected a function create')
  if ('globals' in exports) Object.assign(globalThis, exports.globals)
  const gpu: unknown = create([])
  if (!isGpu(gpu)) throw new Error('webgpu: create() made no GPU')
  // Where TensorFlow.js looks for it. Node 20 has no navigator, later ones have one without a GPU.
  const navigator = findNavigator() ?? {}
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
  return gpu
}
