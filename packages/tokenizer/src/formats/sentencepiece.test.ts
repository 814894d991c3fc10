import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Tokenizer } from '../types.js'
import { readSentencePiece, writeSentencePiece } from './sentencepiece.js'

/** Ids, ends of their places, and the decoded text, by sentencepiece. */
type Result = readonly [number[], number[], string]

interface Fixture {
  readonly texts: readonly string[]
  readonly models: Readonly<
    Record<string, { readonly file: string; readonly results: readonly Result[] }>
  >
  readonly nmt: readonly Result[]
}

const read = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url))
const fixture: Fixture = JSON.parse(read('sentencepiece.json').toString())
const models = Object.entries(fixture.models).map(
  ([name, { file, results }]) =>
    [name, new Uint8Array(Buffer.from(file, 'base64')), results] as const,
)
const all = [...models, ['nmt', new Uint8Array(read('nmt.model')), fixture.nmt] as const]

test.each(all)('%s: ids, places and text are those of sentencepiece', (_, file, results) => {
  const tokenizer = readSentencePiece(file)
  fixture.texts.forEach((text, i) => {
    const [ids, ends, decoded] = results[i] as Result
    const { ids: found, ends: foundEnds } = tokenizer.encodeWithOffsets(text)
    expect([...found], text).toEqual(ids)
    expect([...tokenizer.encode(text)], text).toEqual(ids)
    // sentencepiece gives the bytes of a character empty places, but for the last.
    expect(lastOfEach(tokenizer, ids, [...foundEnds]), text).toEqual(
      lastOfEach(tokenizer, ids, ends),
    )
    expect(tokenizer.decode(ids, { skipSpecialTokens: true }), text).toBe(decoded)
  })
})

/** The ends but for those of bytes that are followed by a byte. */
function lastOfEach(tokenizer: Tokenizer, ids: readonly number[], ends: readonly number[]) {
  const isByte = ids.map((id) => tokenizer.tokenBytes(id).length === 1)
  return ends.filter((_, i) => !(isByte[i] && isByte[i + 1]))
}

test.each(all)('%s: is written as it was read', (_, file) => {
  const tokenizer = readSentencePiece(file)
  const written = writeSentencePiece(tokenizer)
  expect(Buffer.from(written).equals(file)).toBe(true)
  expect(readSentencePiece(written).hash).toBe(tokenizer.hash)
})

test.each(all)('%s: damaged files are an error, never a hang', (_, file) => {
  const random = (() => {
    let state = 1
    return (n: number) => {
      state = Math.imul(state, 1103515245) + 12345
      return (state >>> 8) % n
    }
  })()
  for (let round = 0; round < 20; round++) {
    const damaged = file.slice(0, round % 2 === 0 ? random(file.length) : file.length)
    for (let i = 0; i < 5; i++) damaged[random(damaged.length)] = random(256)
    try {
      readSentencePiece(damaged).encode('abc ｱｲｳ \u0301 <0x41>')
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
    }
  }
})

test('control pieces are special tokens, which text produces only where that is allowed', () => {
  const tokenizer = readSentencePiece(all[1]?.[1] as Uint8Array)
  const mask = tokenizer.specialTokens.get('<mask>') as number
  expect([...tokenizer.specialTokens.keys()]).toEqual(['<s>', '</s>', '<mask>'])
  expect(tokenizer.encode('<mask>')).not.toContain(mask)
  expect(tokenizer.encode('<mask>', { allowedSpecial: 'all' })).toContain(mask)
  expect(tokenizer.tokenId('<unk>')).toBe(0)
})

test('long texts and long words take time in proportion', () => {
  for (const [name, file] of models) {
    const tokenizer = readSentencePiece(file)
    for (const text of ['a'.repeat(300_000), ' '.repeat(300_000), '中'.repeat(100_000)]) {
      const start = performance.now()
      tokenizer.encode(text)
      expect(performance.now() - start, name).toBeLessThan(3000)
    }
  }
})

test('refuses what is no model, and to write what is none', async () => {
  expect(() => readSentencePiece(new Uint8Array(0))).toThrow('expected one unknown piece, got 0')
  expect(() => readSentencePiece(new TextEncoder().encode('{"version": "1.0"}'))).toThrow(
    'the file is damaged, or no SentencePiece model',
  )
  const { bytesTokenizer } = await import('../index.js')
  expect(() => writeSentencePiece(bytesTokenizer())).toThrow('save it as tokenizer.json')
})
