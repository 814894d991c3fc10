import { kernelModule } from './kernel-module.js'
import { type WebAssemblyMemory, webAssembly } from './web-assembly.js'

export const PAGE: number = 1 << 16

/** A kernel with a memory of its own, in which nothing is yet. */
export interface Instance {
  readonly memory: WebAssemblyMemory
  /** Calls one of its functions. */
  readonly call: (name: string, ...args: number[]) => number
}

/** Makes one with so many bytes of memory at first and at most; null where there is no kernel, or no room. */
export function openInstance(bytes: number, most: number = bytes): Instance | null {
  const module = kernelModule()
  const namespace = webAssembly()
  if (module === null || namespace === undefined) return null
  let memory: WebAssemblyMemory
  try {
    memory = new namespace.Memory({
      initial: Math.ceil(bytes / PAGE),
      maximum: Math.ceil(most / PAGE),
    })
  } catch {
    // No room in the address space: each memory reserves gigabytes of it.
    return null
  }
  const { exports } = new namespace.Instance(module, { env: { memory } })
  return {
    memory,
    call(name, ...args) {
      const f = exports[name]
      if (typeof f !== 'function') throw new Error(`kernel: expected a function ${name}`)
      return Number(f(...args))
    },
  }
}
