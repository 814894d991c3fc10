const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** What each character code stands for, -1 for the others. Fits text in bytes and in strings alike. */
const values: Int8Array = /* @__PURE__ */ (() => {
  const table = new Int8Array(256).fill(-1)
  for (let i = 0; i < 64; i++) table[letters.charCodeAt(i)] = i
  return table
})()

/**
 * Decodes the base64 text `from[start]` up to `from[end]` into `to[at]` on and returns where it ends there, or -1 when it is not
 * base64 with its padding.
 */
export function decodeBase64(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  if ((end - start) % 4 !== 0) return -1
  let stop = end
  while (stop > start && end - stop < 2 && from[stop - 1] === 0x3d) stop--
  let held = 0
  let bits = 0
  let out = at
  for (let i = start; i < stop; i++) {
    const value = values[from[i] as number] as number
    if (value < 0) return -1
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      to[out++] = held >> bits
    }
  }
  // What is left over must be zeros, or two texts would stand for the same bytes.
  return (held & ((1 << bits) - 1)) === 0 ? out : -1
}

/** The base64 text of some bytes, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += letters.charAt(group >> 18) + letters.charAt((group >> 12) & 63)
    text += left > 1 ? letters.charAt((group >> 6) & 63) : '='
    text += left > 2 ? letters.charAt(group & 63) : '='
  }
  return text
}
