/**
 * SHA-256 of some bytes, one list behind the other, in hex: FIPS 180-4. Written here because `crypto.subtle` only answers later
 * and Node's module is not everywhere.
 */
export function sha256(...parts: readonly Uint8Array[]): string {
  const state = roots(8, Math.sqrt)
  const schedule = new Uint32Array(64)
  const constants = roots(64, Math.cbrt)
  const block = new Uint8Array(64)
  const view = new DataView(block.buffer)
  let filled = 0
  let length = 0
  const add = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + 64 - filled)
      block.set(part, filled)
      filled += part.length
      from += part.length
      if (filled < 64) return
      for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(i * 4)
      compress(state, schedule, constants)
      filled = 0
    }
  }
  for (const part of parts) {
    add(part)
    length += part.length
  }
  const end = new Uint8Array(((119 - filled) & 63) + 9)
  end[0] = 0x80
  const bits = new DataView(end.buffer)
  bits.setUint32(end.length - 8, Math.floor(length / 2 ** 29))
  bits.setUint32(end.length - 4, (length % 2 ** 29) * 8)
  add(end)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

/** The first 32 bits behind the point of the roots of the first primes. */
function roots(count: number, root: (prime: number) => number): Uint32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32)
}

function compress(state: Uint32Array, w: Uint32Array, constants: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number
    const y = w[i - 2] as number
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + s1 + choice + (constants[i] as number) + (w[i] as number)) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + s0 + majority) | 0
  }
  const next = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = (state[i] as number) + (next[i] as number)
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}
