import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { cl100k } from '../dist/cl100k.js'
import { o200k, o200kHarmony } from '../dist/o200k.js'
import { p50k, p50kEdit } from '../dist/p50k.js'
import { r50k } from '../dist/r50k.js'
import { bpeModel } from '../src/bpe/bpe-model.js'
import { createTokenizer } from '../src/create-tokenizer.js'
import { readTiktoken } from '../src/formats/tiktoken.js'
import { cl100kFile, o200kFile, p50kFile, r50kFile } from '../src/published/openai.js'

const require = createRequire(import.meta.url)

// The entry points as they are built: what the sources import there is only made by the build.
describe.each([
  { name: 'r50k_base', tokenizer: r50k, file: r50kFile, size: 50_257 },
  { name: 'p50k_base', tokenizer: p50k, file: p50kFile, size: 50_281 },
  { name: 'cl100k_base', tokenizer: cl100k, file: cl100kFile, size: 100_277 },
  { name: 'o200k_base', tokenizer: o200k, file: o200kFile, size: 200_019 },
])('$name', ({ name, tokenizer, file, size }) => {
  const content = readFileSync(require.resolve(`gpt-tokenizer/data/${name}.tiktoken`))

  test('is the file of OpenAI, token by token', () => {
    expect(createHash('sha256').update(content).digest('hex')).toBe(file.sha256)
    expect(tokenizer.vocabularySize).toBe(size)
    expect(tokenizer.specialTokens).toEqual(file.specialTokens)
    const lines = content.toString().trimEnd().split('\n')
    const wrong = lines.filter((line) => {
      const [token, rank] = line.split(' ')
      return Buffer.from(tokenizer.tokenBytes(Number(rank))).toString('base64') !== token
    })
    expect(wrong).toEqual([])
  })

  test('has the hash of the same vocabulary read from elsewhere', async () => {
    expect(tokenizer.hash).toBe(createTokenizer(bpeModel(readTiktoken(content, file))).hash)
  })
})

test('special tokens have the ids of tiktoken', () => {
  expect([...r50k.encode('a<|endoftext|>', { allowedSpecial: 'all' })]).toEqual([64, 50256])
  expect(Object.fromEntries(p50kEdit.specialTokens)).toEqual({
    '<|endoftext|>': 50256,
    '<|fim_prefix|>': 50281,
    '<|fim_middle|>': 50282,
    '<|fim_suffix|>': 50283,
  })
  expect(p50kEdit.vocabularySize).toBe(50_284)
  expect(o200kHarmony.vocabularySize).toBe(201_088)
  expect(o200kHarmony.specialTokens.size).toBe(1091)
  const chat = '<|start|>user<|message|>hi<|end|><|reserved_200018|><|endofprompt|>'
  expect([...o200kHarmony.encode(chat, { allowedSpecial: 'all' })]).toEqual([
    200006, 1428, 200008, 3686, 200007, 200018, 200018,
  ])
  expect(o200kHarmony.decode([200018, 201087])).toBe('<|endofprompt|><|reserved_201087|>')
})

// From tiktoken 0.14.
test.each([
  [r50k, 'hello world', [31373, 995]],
  [p50k, 'def f():\n        return  1', [4299, 277, 33529, 198, 50262, 1441, 220, 352]],
  [
    cl100k,
    "It's 12345 中文 HelloWorld\r\n\n  x",
    [2181, 596, 220, 4513, 1774, 73958, 17161, 91171, 81923, 220, 865],
  ],
  [
    o200k,
    "It's 12345 中文 HelloWorld\r\n\n  x",
    [15834, 220, 7633, 2548, 83711, 32949, 13046, 46865, 220, 1215],
  ],
])('encodes as tiktoken does: case %#', (tokenizer, text, ids) => {
  expect([...tokenizer.encode(text)]).toEqual(ids)
  expect(tokenizer.decode(ids)).toBe(text)
})

// Texts that packages of npm are known to get wrong: special tokens that are not found, or drop and repeat text around
// them; U+FEFF that is dropped, or not merged. Ids from tiktoken 0.14.
test.each([
  [cl100k, 'Some Text <|endoftext|> more', [8538, 2991, 220, 100257, 810]],
  [r50k, 'Some Text <|endoftext|> more', [4366, 8255, 220, 50256, 517]],
  [cl100k, '<|endoftext|><|endoftext|>more<|endoftext|>', [100257, 100257, 6518, 100257]],
  [r50k, '<|endoftext|><|endoftext|>more<|endoftext|>', [50256, 50256, 3549, 50256]],
  [
    cl100k,
    '<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|><|endofprompt|>',
    [100258, 64, 100260, 65, 100259, 100276],
  ],
  [cl100k, '\ufeffhello world', [3305, 15339, 1917]],
  [r50k, '\ufeffhello world', [171, 119, 123, 31373, 995]],
  [cl100k, 'a\ufeff\ufeffb \ufeff c', [64, 3305, 3305, 65, 76880, 272]],
  [r50k, 'a\ufeff\ufeffb \ufeff c', [64, 171, 119, 123, 171, 119, 123, 65, 27332, 119, 123, 269]],
  [
    cl100k,
    "don'\u017fa \u0085\u0085b \ufeff\ufeffc",
    [15357, 6, 129, 123, 64, 2188, 227, 126, 227, 65, 76880, 3305, 66],
  ],
  [
    r50k,
    "don'\u017fa \u0085\u0085b \ufeff\ufeffc",
    [9099, 6, 129, 123, 64, 1587, 227, 126, 227, 65, 27332, 119, 123, 171, 119, 123, 66],
  ],
])('encodes and decodes what others get wrong: case %#', (tokenizer, text, ids) => {
  expect([...tokenizer.encode(text, { allowedSpecial: 'all' })]).toEqual(ids)
  expect(tokenizer.decode(ids)).toBe(text)
})

test('a special token that is not allowed is spelled as tiktoken spells it', () => {
  const ids = [8538, 2991, 83739, 8862, 728, 428, 91, 29, 810]
  expect([...cl100k.encode('Some Text <|endoftext|> more')]).toEqual(ids)
})

test('half a surrogate pair is U+FFFD, as in tiktoken', () => {
  expect([...cl100k.encode('a\ud800b')]).toEqual([64, 5809, 65])
  expect([...r50k.encode('a\ud800b')]).toEqual([64, 4210, 65])
})

test('half a character leaves nothing behind for the next call', () => {
  expect(cl100k.decode([76460])).toBe('\ufffd')
  expect(cl100k.decode([76460, 222])).toBe('😀')
})
