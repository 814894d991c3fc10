import { readFile } from 'node:fs/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cut } from '../../test/cut.js'
import { gunzip } from './file-bytes.js'
import { unzstd } from './unzstd.js'

const fixtures = new URL('../../test/fixtures/', import.meta.url)

/** Everything that came, and the error it ended with. */
async function drain(chunks: AsyncIterable<Uint8Array>) {
  const parts: Uint8Array[] = []
  let error: string | undefined
  try {
    for await (const part of chunks) parts.push(part)
  } catch (thrown) {
    error = String(thrown)
  }
  return { bytes: Buffer.concat(parts), error }
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 })

describe('gunzip', () => {
  test('members, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 5 }),
        sizes,
        async (members, cuts) => {
          const packed = Buffer.concat(members.map((member) => gzipSync(member)))
          const { bytes, error } = await drain(gunzip(cut(packed, cuts)))
          expect(error).toBeUndefined()
          expect(bytes.equals(Buffer.concat(members))).toBe(true)
        },
      ),
      { seed: 1, numRuns: 60 },
    )
  })

  test('a truncated stream gives everything up to the cut, then the error', async () => {
    const text = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''))
    const packed = gzipSync(text)
    const { bytes, error } = await drain(gunzip(cut(packed.subarray(0, -20), [1000])))
    expect(error).toContain('unexpected end of file')
    expect(bytes.equals(text.subarray(0, bytes.length))).toBe(true)
    expect(bytes.length).toBeGreaterThan(text.length * 0.95)
  })

  test('bytes after the last member that are no gzip are an error', async () => {
    const packed = Buffer.concat([gzipSync('fine'), Buffer.from('rubbish')])
    const { bytes, error } = await drain(gunzip(cut(packed, [7])))
    expect(bytes.toString()).toBe('fine')
    expect(error).toContain('incorrect header check')
  })

  test('a bomb comes in pieces, and stops when the consumer does', async () => {
    // 1 GB of zeros: a gzip stream of repeated stored blocks of deflated zeros.
    const zeros = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 2 })
    let given = 0
    async function* bomb() {
      yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
      for (; given < 1000; given++) yield zeros
    }
    let largest = 0
    let total = 0
    for await (const part of gunzip(bomb())) {
      largest = Math.max(largest, part.length)
      total += part.length
      if (total > 5e6) break
    }
    expect(largest).toBeLessThanOrEqual(2 ** 18)
    expect(given).toBeLessThan(10)
  })
})

describe('unzstd', () => {
  test('frames and skippable frames written by libzstd, however they are cut', async () => {
    const packed = await readFile(new URL('frames.jsonl.zst', fixtures))
    const plain = await readFile(new URL('plain.jsonl', fixtures))
    await fc.assert(
      fc.asyncProperty(sizes, async (cuts) => {
        const { bytes, error } = await drain(unzstd(cut(packed, cuts)))
        expect(error).toBeUndefined()
        expect(bytes.equals(plain)).toBe(true)
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  test('any truncation inside a frame is an error', async () => {
    const packed = await readFile(new URL('frames.jsonl.zst', fixtures))
    let whole = 0
    for (let length = 1; length < packed.length; length++) {
      const { error } = await drain(unzstd(cut(packed.subarray(0, length), [100])))
      if (error === undefined) whole++
      else expect(error).toMatch(/unexpected end|expected a zstd frame/)
    }
    // Only after the first frame and after the skippable one.
    expect(whole).toBe(2)
  })

  test('flipped bytes end in data or an error, never in a hang or a crash', async () => {
    const packed = await readFile(new URL('frames.jsonl.zst', fixtures))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: packed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const broken = Uint8Array.from(packed)
          broken[at] = (broken[at] ?? 0) ^ flip
          const { bytes } = await drain(unzstd(cut(broken, [4096])))
          expect(bytes.length).toBeLessThan(2 ** 20)
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })

  test.each([
    ['a window of 2 GB', [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3], 'a zstd window of at most'],
    [
      'a single segment of 1 TB',
      [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0],
      'a zstd window of at most',
    ],
    [
      'a block of repeated bytes above 128 KiB',
      [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x03, 0x00, 0xff, 0x41],
      'a zstd block of at most',
    ],
    ['a dictionary', [0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x58, 0x01], 'zstd without a dictionary'],
  ])('%s is refused before anything is allocated', async (_, head, message) => {
    const { error } = await drain(unzstd(cut(Uint8Array.from(head), [64])))
    expect(error).toContain(message)
  })
})
