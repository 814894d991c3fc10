import type { Transform } from 'node:stream'

/**
 * Sends bytes through a `node:zlib` stream, one input chunk at a time.
 *
 * Unlike `pipeline`, nothing decoded before an error is lost: the next chunk goes in only when all that came out
 * has been taken, so a truncated file gives everything up to the cut and then the error. A `readableHighWaterMark`
 * of 1 on the stream bounds what one small input can blow up to at a time.
 */
export async function* through(
  input: AsyncIterable<Uint8Array>,
  stream: Transform,
): AsyncGenerator<Uint8Array> {
  let failure: Error | undefined
  let wake = (): void => {}
  stream.on('readable', () => wake())
  stream.on('error', (error) => {
    failure = error
    wake()
  })

  async function* drain(
    start: (done: (error?: Error | null) => void) => void,
  ): AsyncGenerator<Uint8Array> {
    let finished = false
    start((error) => {
      finished = true
      failure ??= error ?? undefined
      wake()
    })
    for (;;) {
      if (failure) throw failure
      const chunk: Uint8Array | null = stream.read()
      if (chunk !== null) yield chunk
      else if (finished) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
          if (finished || failure || stream.readableLength > 0) resolve()
        })
      }
    }
  }

  try {
    for await (const chunk of input) yield* drain((done) => stream.write(chunk, done))
    yield* drain((done) => {
      stream.once('end', () => done())
      stream.end()
    })
  } finally {
    stream.destroy()
  }
}
