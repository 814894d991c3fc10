import type { Line } from '../bytes/lines.js'

/** What `splitLines` gives, batches joined, worked out on the whole input at once. */
export function splitLinesReference(bytes: Uint8Array, maxBytes: number): Line[] {
  const lines: Line[] = []
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 10) continue
    const line = bytes.slice(start, at)
    const number = lines.length + 1
    // After the last line end there is no further line.
    if (at < bytes.length || line.length > 0) {
      lines.push(line.length > maxBytes ? { number } : { number, bytes: line })
    }
    start = at + 1
  }
  return lines
}
