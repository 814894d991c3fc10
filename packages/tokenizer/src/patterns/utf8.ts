/** Bytes of the character that begins with this one. */
export function width(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** The character of several bytes at `p`, in well-formed UTF-8. */
export function codePoint(bytes: Uint8Array, p: number): number {
  const a = bytes[p] as number
  const b = (bytes[p + 1] as number) & 0x3f
  if (a < 0xe0) return ((a & 0x1f) << 6) | b
  const c = (bytes[p + 2] as number) & 0x3f
  if (a < 0xf0) return ((a & 0xf) << 12) | (b << 6) | c
  return ((a & 7) << 18) | (b << 12) | (c << 6) | ((bytes[p + 3] as number) & 0x3f)
}

/** UTF-16 units of `bytes[start]` up to `bytes[end]`. */
export function unitsIn(bytes: Uint8Array, start: number, end: number): number {
  let units = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte < 0x80 || byte >= 0xc0) units += byte < 0xf0 ? 1 : 2
  }
  return units
}
