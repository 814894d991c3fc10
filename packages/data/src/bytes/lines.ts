/** One line without its end; `bytes` is absent when the line is longer than allowed. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly bytes?: Uint8Array
}

/**
 * Splits bytes at `\n` into batches of lines. A line of more than `maxBytes` is announced without its bytes as soon as
 * that is known and then passed over, so memory stays within `maxBytes` plus a chunk whatever comes.
 * The last line needs no `\n`; a `\r` before it belongs to the line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line[]> {
  let number = 1
  let carried: Uint8Array[] = []
  let carriedBytes = 0
  let passingOver = false

  for await (const chunk of chunks) {
    const batch: Line[] = []
    let start = 0
    for (;;) {
      const end = chunk.indexOf(10, start)
      const stop = end === -1 ? chunk.length : end
      const tooLong = !passingOver && carriedBytes + stop - start > maxBytes
      if (tooLong) {
        batch.push({ number })
        passingOver = true
        carried = []
        carriedBytes = 0
      }
      if (end === -1) {
        if (!passingOver && stop > start) {
          carried.push(chunk.subarray(start))
          carriedBytes += stop - start
        }
        break
      }
      if (!passingOver) {
        const tail = chunk.subarray(start, end)
        batch.push({ number, bytes: carried.length === 0 ? tail : join(carried, tail) })
        carried = []
        carriedBytes = 0
      }
      passingOver = false
      number++
      start = end + 1
    }
    if (batch.length > 0) yield batch
  }
  if (carriedBytes > 0) yield [{ number, bytes: join(carried) }]
}

function join(parts: readonly Uint8Array[], last?: Uint8Array): Uint8Array {
  return Buffer.concat(last === undefined ? parts : [...parts, last])
}
