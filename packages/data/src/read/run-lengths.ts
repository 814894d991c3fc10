/**
 * Decodes parquet's hybrid of run lengths and bit packing, never more than `count` values however long a run claims to be.
 *
 * Format: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
 *
 * @param width bits per value, 1 to 32.
 * @throws when the bytes end before `count` values, or a run is longer than they are.
 */
export function decodeRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const values = new Uint32Array(count)
  let at = 0
  let done = 0
  while (done < count) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 28) throw new Error('expected more values in a page')
      header += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    if (header % 2 === 1) {
      // Groups of eight; the last may be padded.
      const packed = ((header - 1) / 2) * 8
      if (packed === 0 || packed > count - done + 512) throw tooLong(packed, count)
      const wanted = Math.min(packed, count - done)
      if (Math.ceil((wanted * width) / 8) > bytes.length - at) throw tooLong(packed, count)
      unpack(bytes, at, width, values, done, wanted)
      at += (packed / 8) * width
      done += wanted
    } else {
      const run = header / 2
      if (run === 0 || run > count - done) throw tooLong(run, count)
      const valueBytes = (width + 7) >> 3
      let value = 0
      for (let i = 0; i < valueBytes; i++) value += (bytes[at + i] ?? 0) * 256 ** i
      if (at + valueBytes > bytes.length) throw new Error('expected more values in a page')
      at += valueBytes
      values.fill(value, done, done + run)
      done += run
    }
  }
  return values
}

function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  values: Uint32Array,
  first: number,
  count: number,
): void {
  let at = start
  let held = 0
  let bits = 0
  const modulus = 2 ** width
  for (let i = 0; i < count; i++) {
    while (bits < width) {
      held += (bytes[at++] ?? 0) * 2 ** bits
      bits += 8
    }
    values[first + i] = held % modulus
    held = Math.floor(held / modulus)
    bits -= width
  }
}

function tooLong(run: number, count: number): Error {
  return new Error(`expected runs of ${count} values together in a page, got one of ${run}`)
}
