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
