import { tf } from '../../tf.js'
import { type Candidate, importOptional } from '../candidate.js'
import { zerosOverNothing } from '../sums-of-nothing.js'
import { addInGroups } from './add-in-groups.js'
import { watchDevice } from './device-errors.js'
import { findGpu, type GpuAdapter } from './gpu.js'

/** TensorFlow.js's WebGPU kernels: the browser's own WebGPU, or Dawn from the package `webgpu` in Node. */
export const webgpu: Candidate = {
  name: 'webgpu',
  device: 'GPU, WebGPU',
  start: async ({ automatic }) => {
    if (automatic && !(await mayHaveGpu())) {
      throw new Error(
        `no GPU here (none of ${gpuFiles.join(', ')}); ask for it by name to look further`,
      )
    }
    const { gpu, from } = await findGpu()
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (adapter === null) throw new Error(`${from} found no adapter. ${drivers()}`)
    const name = nameOf(adapter)
    if (automatic && (adapter.info.isFallbackAdapter === true || software.test(name))) {
      throw new Error(`only a software rasteriser here (${name}); ask for it by name to use it`)
    }
    if (tf.findBackendFactory('webgpu') === null) await load()
    zerosOverNothing('webgpu')
    addInGroups()
    watchDevice()
    return `${from} on ${name}`
  },
}

const software = /swiftshader|llvmpipe|lavapipe|basic render/i

/** Files of which a Linux with a GPU has one: of any driver, of NVIDIA's in a container, of Windows below it. */
const gpuFiles = ['/dev/dri', '/dev/nvidia0', '/dev/dxg']

/** Drivers without a GPU take time to load and print what they lack: nobody wants that who asked for any backend. */
async function mayHaveGpu(): Promise<boolean> {
  if (typeof process === 'undefined' || process.platform !== 'linux') return true
  const { existsSync } = await import('node:fs')
  return gpuFiles.some((file) => existsSync(file))
}

/** TensorFlow.js's kernels. A page has imported them itself: bundlers cannot follow {@link importOptional}. */
async function load(): Promise<void> {
  const backend = await importOptional('@tensorflow/tfjs-backend-webgpu')
  if (backend.exports === undefined) {
    throw new Error(
      `${backend.reason}. npm install @tensorflow/tfjs-backend-webgpu@4.22.0; in a page also import it`,
    )
  }
  if (tf.findBackendFactory('webgpu') !== null) return
  throw new Error(
    '@tensorflow/tfjs-backend-webgpu was imported before WebGPU was there; in Node leave that to useBackend',
  )
}

/** A driver describes itself, a browser names only vendor and architecture. */
function nameOf({ info }: GpuAdapter): string {
  const { vendor, architecture, device, description } = info
  return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed'
}

function drivers(): string {
  const system = typeof process === 'undefined' ? 'browser' : process.platform
  return advice[system] ?? "It needs a driver of the system's graphics interface"
}

const advice: Readonly<Record<string, string>> = {
  linux:
    'It needs libvulkan.so.1 and a Vulkan driver: that of NVIDIA, or Mesa (libvulkan1 and mesa-vulkan-drivers on Debian and ' +
    'Ubuntu, vulkan-loader and mesa-vulkan-drivers on Fedora); without a GPU, lavapipe of Mesa 25 (that of 22.3 lacks features)',
  darwin: 'It needs macOS with Metal',
  win32: "It needs a D3D12 driver: install that of the GPU's maker",
  browser: 'Turn on hardware acceleration in the browser, or take wasm',
}
