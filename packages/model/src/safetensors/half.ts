/**
 * IEEE binary16 to float32, exactly: every half is a float32.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { fromFloat16 } = await import('./half.js')
 * expect([...fromFloat16(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00))]).toEqual([1, -2, 2 ** -24, Infinity])
 * ```
 */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >> 10) & 0x1f
    const fraction = half & 0x3ff
    floats[i] =
      sign *
      (exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15))
  }
  return floats
}

/**
 * bfloat16 to float32, exactly: a bfloat16 is the upper half of a float32.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { fromBfloat16 } = await import('./half.js')
 * expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80))]).toEqual([1, -2, Infinity])
 * ```
 */
export function fromBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16
  return new Float32Array(bits.buffer)
}
