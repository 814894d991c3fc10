import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { p50k, p50kEdit } from '../dist/p50k.js'
import { r50k } from '../dist/r50k.js'
import { bpeModel } from '../src/bpe/bpe-model.js'
import { createTokenizer } from '../src/create-tokenizer.js'
import { readTiktoken } from '../src/formats/tiktoken.js'
import { p50kFile, r50kFile } from '../src/published/openai.js'

const require = createRequire(import.meta.url)

// The entry points as they are built: what the sources import there is only made by the build.
describe.each([
  { name: 'r50k_base', tokenizer: r50k, file: r50kFile, size: 50_257 },
  { name: 'p50k_base', tokenizer: p50k, file: p50kFile, size: 50_281 },
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
})

// From tiktoken 0.14.
test.each([
  [r50k, 'hello world', [31373, 995]],
  [p50k, 'def f():\n        return  1', [4299, 277, 33529, 198, 50262, 1441, 220, 352]],
])('encodes as tiktoken does: case %#', (tokenizer, text, ids) => {
  expect([...tokenizer.encode(text)]).toEqual(ids)
  expect(tokenizer.decode(ids)).toBe(text)
})
