import { decodeBase64 } from '../formats/base64.js'
import { binary } from './binary.js'
import { webAssembly } from './web-assembly.js'

/** The compiled kernel; null where it cannot be had. */
let compiled: object | null | undefined

/**
 * The kernel, compiled on first use, or null where the runtime does not compile WebAssembly, by a rule of the page or the
 * host, or lacks its vectors of 128 bits.
 */
export function kernelModule(): object | null {
  if (compiled === undefined) compiled = compile()
  return compiled
}

/**
 * Whether byte-level BPE encodes longer texts in WebAssembly here. Otherwise it does so in TypeScript: the same ids, several
 * times slower.
 *
 * @example
 * ```ts @import.meta.vitest
 * expect(usesWebAssembly()).toBe(true)
 * ```
 */
export function usesWebAssembly(): boolean {
  return kernelModule() !== null
}

function compile(): object | null {
  const namespace = webAssembly()
  if (namespace === undefined) return null
  try {
    const text = new TextEncoder().encode(binary)
    const bytes = new Uint8Array((text.length / 4) * 3)
    const end = decodeBase64(text, 0, text.length, bytes, 0)
    return new namespace.Module(bytes.subarray(0, end))
  } catch {
    // Content security policies, edge runtimes, engines without SIMD: the twin in TypeScript does the work.
    return null
  }
}
