import type { Kernels } from '@llm/kernels'
import { tf } from '../../tf.js'
import type { Candidate } from '../candidate.js'
import type { NativeKernel } from './kernel.js'
import { MemoryAccount } from './memory-account.js'
import { NativeBackend } from './native-backend.js'

/** Our Rust kernels; every op they lack runs TensorFlow.js's CPU kernel on the same memory. */
export const native: Candidate = {
  name: 'native',
  device: 'CPU, Rust',
  start: async ({ threads, instructionSet, memoryLimit }) => {
    if (typeof process === 'undefined') throw new Error('it runs only in Node')
    const { loadKernels } = await import('@llm/kernels')
    const loaded = loadKernels()
    if (loaded.kernels === undefined) throw loaded.error
    const { kernels } = loaded
    if (tf.engine().findBackend('native') === null) await register(kernels)
    if (threads !== undefined) kernels.setThreads(threads)
    if (instructionSet !== undefined) kernels.setInstructionSet(instructionSet)
    if (memoryLimit !== undefined) account.limit = checkLimit(memoryLimit)
    return `Rust kernels (${kernels.instructionSet()}, ${kernels.threads()} threads)`
  },
}

let free = (): number => Number.POSITIVE_INFINITY

/** The system's free memory, or what is left below the control group's limit where that is less. */
function available(): number {
  const constrained = process.constrainedMemory()
  if (!(constrained > 0)) return free()
  return Math.min(free(), Math.max(0, constrained - process.memoryUsage.rss()))
}

const account = new MemoryAccount(available)

function checkLimit(memoryLimit: number): number {
  if (memoryLimit > 0) return memoryLimit
  throw new RangeError(`useBackend: expected memoryLimit above 0, got ${memoryLimit}`)
}

async function register(kernels: Kernels): Promise<void> {
  const { opKernels } = await import('./op-kernels.js')
  const { tensorKernels } = await import('./tensor-kernels.js')
  const { freemem } = await import('node:os')
  free = freemem
  const ours = new Map<string, NativeKernel>(Object.entries({ ...opKernels, ...tensorKernels }))
  const backend = new NativeBackend(account, kernels, ours)
  const theirs = new Map(
    tf.getKernelsForBackend('cpu').map((kernel) => [kernel.kernelName, kernel]),
  )
  for (const kernelName of new Set([...ours.keys(), ...theirs.keys()])) {
    const kernelFunc = combine(backend, kernelName, theirs.get(kernelName))
    tf.registerKernel({ ...theirs.get(kernelName), kernelName, backendName: 'native', kernelFunc })
  }
  tf.registerBackend('native', () => backend)
}

/** Kernels of TensorFlow.js that only count references and keep no views. */
const referenceCounting = new Set<string>([tf.Identity, tf.Reshape, tf.Cast, tf.ExpandDims])

/** Our kernel where it takes the call, TensorFlow.js's otherwise. */
function combine(
  backend: NativeBackend,
  kernelName: string,
  theirs: tf.KernelConfig | undefined,
): tf.KernelFunc {
  return (call) => {
    const prepared = backend.prepare(kernelName, call.inputs, call.attrs)
    if (prepared !== undefined) {
      prepared.run()
      return prepared.outputs
    }
    if (theirs === undefined) throw new Error('native: no kernel for this call')
    if (!referenceCounting.has(theirs.kernelName)) {
      for (const input of Object.values(call.inputs)) if (input != null) backend.share(input)
    }
    return theirs.kernelFunc(call)
  }
}
