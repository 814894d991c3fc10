import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadTokenizer } from '../load-tokenizer.js'
import { bytesTokenizer } from './bytes-tokenizer.js'

const end = '<|endoftext|>'

test('ids are the bytes, whatever the bytes', () => {
  const tokenizer = bytesTokenizer()
  fc.assert(
    fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (bytes, text) => {
      expect([...tokenizer.encode(bytes)]).toEqual([...bytes])
      expect(tokenizer.decodeBytes(tokenizer.encode(bytes))).toEqual(bytes)
      expect([...tokenizer.encode(text)]).toEqual([...Buffer.from(text)])
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(Buffer.from(text).toString())
    }),
  )
  const long = 'aé中😀'.repeat(30_000)
  expect(tokenizer.decode(tokenizer.encode(long))).toBe(long)
  expect(tokenizer.countUpTo(long, 100)).toBeUndefined()
})

test('special tokens come after the bytes, or before them as in ByT5', () => {
  const after = bytesTokenizer()
  expect(after.specialTokens.get(end)).toBe(256)
  const byT5 = bytesTokenizer({
    specialTokens: ['<pad>', '</s>', '<unk>'],
    specialTokensAt: 'start',
  })
  expect([...byT5.encode('Life</s>', { allowedSpecial: 'all' })]).toEqual([79, 108, 105, 104, 1])
  expect(byT5.decode([79, 108, 105, 104, 1])).toBe('Life</s>')
  expect(byT5.vocabularySize).toBe(259)
})

test('keeps its kind and hash through tokenizer.json', async () => {
  const all = [
    bytesTokenizer(),
    bytesTokenizer({ specialTokens: [] }),
    bytesTokenizer({ specialTokensAt: 'start' }),
  ]
  for (const tokenizer of all) {
    const loaded = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
    expect(loaded.kind).toBe('bytes')
    expect(loaded.hash).toBe(tokenizer.hash)
    expect(loaded.toJSON()).toEqual(tokenizer.toJSON())
    expect(loaded.encode('é\n')).toEqual(tokenizer.encode('é\n'))
  }
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(3)
})

test.each([
  [{ specialTokens: ['Ġ'] }, 'more than one character, got "Ġ", which names a byte'],
  [{ specialTokens: ['a', 'a'] }, 'got "a" twice'],
  [{ specialTokensAt: JSON.parse('"middle"') }, "to be 'start' or 'end', got \"middle\""],
])('refuses %j', (options, message) => {
  expect(() => bytesTokenizer(options)).toThrow(message)
})
