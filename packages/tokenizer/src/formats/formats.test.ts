import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { trainBpe } from '../bpe/train-bpe.js'
import { trainCharacters } from '../characters/train-characters.js'
import { loadTokenizer } from '../load-tokenizer.js'
import { saveTokenizer } from '../save-tokenizer.js'
import { unicodeVersion } from '../unicode/ranges.js'
import { trainWords } from '../words/train-words.js'

const require = createRequire(import.meta.url)
const folder = await mkdtemp(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rm(folder, { recursive: true }))

const specialTokens = ['<|endoftext|>', '<|pad|>']
const bpe = await trainBpe(['the cat sat on the mat'], { vocabularySize: 264, specialTokens })
const published = require.resolve('gpt-tokenizer/data/p50k_base.tiktoken')

test('vocab.json and merges.txt come back the same, special tokens too', async () => {
  const path = join(folder, 'gpt2')
  await saveTokenizer(bpe, path, { format: 'gpt2' })
  expect(await readdir(path)).toEqual(['merges.txt', 'tokenizer_config.json', 'vocab.json'])
  const merges = await readFile(join(path, 'merges.txt'), 'utf8')
  expect(merges.split('\n')[0]).toBe('#version: 0.2')
  const config = JSON.parse(await readFile(join(path, 'tokenizer_config.json'), 'utf8'))
  expect(config.unicode_version).toBe(unicodeVersion)
  for (const source of [path, join(path, 'vocab.json'), join(path, 'merges.txt')]) {
    const copy = await loadTokenizer(source)
    expect(copy.hash).toBe(bpe.hash)
    expect(copy.specialTokens).toEqual(bpe.specialTokens)
  }
})

test('vocab.json and merges.txt as OpenAI named them, with line ends of Windows, and no settings', async () => {
  const path = join(folder, 'openai')
  await saveTokenizer(bpe, path, { format: 'gpt2' })
  const [vocab, merges] = await Promise.all(
    ['vocab.json', 'merges.txt'].map((name) => readFile(join(path, name), 'utf8')),
  )
  await rm(path, { recursive: true })
  await saveTokenizer(bpe, join(path, 'not-this', 'tokenizer.json'))
  await writeFile(join(path, 'encoder.json'), vocab!)
  await writeFile(join(path, 'vocab.bpe'), merges!.replaceAll('\n', '\r\n'))
  const copy = await loadTokenizer(path)
  expect([...copy.specialTokens]).toEqual([['<|endoftext|>', 0]])
  expect([...copy.encode('the cat')]).toEqual([...bpe.encode('the cat')])
  expect((await loadTokenizer(join(path, 'vocab.bpe'))).hash).toBe(copy.hash)
  await writeFile(join(path, 'vocab.bpe'), `${merges}three tokens here\n`)
  await expect(loadTokenizer(path)).rejects.toThrow('merges.txt: expected two tokens a line')
})

test('settings beside vocab.json say which tokens are special', async () => {
  const path = join(folder, 'roberta')
  await saveTokenizer(bpe, path, { format: 'gpt2' })
  await rm(join(path, 'tokenizer_config.json'))
  const map = { eos_token: { content: '<|pad|>' }, additional_special_tokens: ['<|new|>'] }
  await writeFile(join(path, 'special_tokens_map.json'), JSON.stringify(map))
  const copy = await loadTokenizer(path)
  expect([...copy.specialTokens]).toEqual([
    ['<|pad|>', 1],
    ['<|new|>', 264],
  ])
})

test('RoBERTa: <s> before a text and </s> behind it, by the ids that the vocabulary has for them', async () => {
  const path = join(folder, 'roberta-marks')
  const names = ['<s>', '<pad>', '</s>', '<unk>', '<mask>']
  const plain = await trainBpe(['the cat sat'], { vocabularySize: 264, specialTokens: names })
  await saveTokenizer(plain, path, { format: 'gpt2' })
  const special = {
    eos_token: '</s>',
    pad_token: '<pad>',
    unk_token: '<unk>',
    mask_token: '<mask>',
  }
  const config = { tokenizer_class: 'RobertaTokenizer', bos_token: '<s>', ...special }
  await writeFile(join(path, 'tokenizer_config.json'), JSON.stringify(config))
  const roberta = await loadTokenizer(path)
  const ids = [...plain.encode('the cat')]
  expect([...roberta.encode('the cat')]).toEqual(ids)
  expect([...roberta.encode('the cat', { addSpecialTokens: true })]).toEqual([0, ...ids, 2])
  // With the marks in its settings, it is the same when it is written and read again.
  const again = join(folder, 'roberta-again')
  await saveTokenizer(roberta, again, { format: 'gpt2' })
  const copy = await loadTokenizer(again)
  expect(copy.hash).toBe(roberta.hash)
  expect([...copy.encode('the cat', { addSpecialTokens: true })]).toEqual([0, ...ids, 2])
  const without = join(folder, 'roberta-without')
  await saveTokenizer(bpe, without, { format: 'gpt2' })
  await writeFile(
    join(without, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'RobertaTokenizer' }),
  )
  await expect(loadTokenizer(without)).rejects.toThrow(
    'post_processor.cls[1]: expected the id of a token, got "<s>"',
  )
  // Marks for which these files have no place are not lost without a word.
  const template = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
  }
  const other = await loadTokenizer({ ...plain.toJSON(), post_processor: template })
  await expect(saveTokenizer(other, join(folder, 'no-place'), { format: 'gpt2' })).rejects.toThrow(
    'expected a tokenizer that vocab.json and merges.txt can hold',
  )
})

test('GPT-1: vocab.json and merges.txt with marks at ends of words', async () => {
  const gpt1 = await trainBpe(['low lower lowest, the lower'], {
    style: 'end-of-word',
    vocabularySize: 40,
  })
  const path = join(folder, 'gpt1')
  await saveTokenizer(gpt1, path, { format: 'gpt2' })
  expect(await readFile(join(path, 'merges.txt'), 'utf8')).toContain('</w>\n')
  const copy = await loadTokenizer(path)
  expect(copy.hash).toBe(gpt1.hash)
  expect(copy.encode('Lower, the SLOW')).toEqual(gpt1.encode('Lower, the SLOW'))
  // Without the settings it is known by its merges.
  await rm(join(path, 'tokenizer_config.json'))
  expect((await loadTokenizer(path)).hash).toBe(gpt1.hash)
})

test('words, one a line: the same as what was trained', async () => {
  const words = await trainWords(['the cat sat on the mat, the cat'], { vocabularySize: 8 })
  const path = join(folder, 'words.txt')
  await saveTokenizer(words, path)
  expect((await readFile(path, 'utf8')).split('\n').slice(0, 4)).toEqual([
    '<|endoftext|>',
    '<|unknown|>',
    'the',
    'cat',
  ])
  const copy = await loadTokenizer(path, { kind: 'words' })
  expect(copy.hash).toBe(words.hash)
  for (const text of ['the cat, on a mat', '', 'dog <|endoftext|>']) {
    expect(copy.encode(text, { allowedSpecial: 'all' })).toEqual(
      words.encode(text, { allowedSpecial: 'all' }),
    )
  }
})

test('.tiktoken: what it leaves out must be told, except for the files that OpenAI published', async () => {
  const path = join(folder, 'mine.tiktoken')
  await saveTokenizer(bpe, path)
  const copy = await loadTokenizer(path, { pattern: 'gpt2', specialTokens: bpe.specialTokens })
  expect(copy.hash).toBe(bpe.hash)
  await expect(loadTokenizer(path)).rejects.toThrow('expected to be told the pattern')
  await expect(loadTokenizer(path, { pattern: 'gpt2', specialTokens })).rejects.toThrow('a Map')
  const p50k = await loadTokenizer(published)
  expect(p50k.vocabularySize).toBe(50_281)
  expect([...p50k.specialTokens]).toEqual([['<|endoftext|>', 50256]])
  // Under the name that Llama 3's has, in a folder, and as bytes.
  const llama = join(folder, 'llama', 'tokenizer.model')
  await saveTokenizer(bpe, join(folder, 'llama', 'x.tiktoken'))
  await rm(join(folder, 'llama', 'x.tiktoken'))
  await writeFile(llama, await readFile(published))
  expect((await loadTokenizer(llama)).hash).toBe(p50k.hash)
  expect((await loadTokenizer(join(folder, 'llama'))).hash).toBe(p50k.hash)
  expect((await loadTokenizer(await readFile(published))).hash).toBe(p50k.hash)
})

test('the published file is written byte by byte as it is', async () => {
  const path = join(folder, 'again.tiktoken')
  await saveTokenizer(await loadTokenizer(published), path)
  expect((await readFile(path)).equals(await readFile(published))).toBe(true)
})

test('characters, one a line', async () => {
  const path = join(folder, 'characters.txt')
  const tokenizer = await trainCharacters(['a b😀'], { unknown: '<|unknown|>' })
  await saveTokenizer(tokenizer, path)
  expect(await readFile(path, 'utf8')).toBe('<|endoftext|>\n<|unknown|>\n \na\nb\n😀\n')
  expect((await loadTokenizer(path, { kind: 'characters' })).hash).toBe(tokenizer.hash)
  await expect(loadTokenizer(path)).rejects.toThrow('told what the lines are')
  await expect(
    loadTokenizer(path, { kind: 'characters', specialTokens: ['<|no|>'] }),
  ).rejects.toThrow('special tokens that are lines, got "<|no|>"')
  await writeFile(path, 'a\n\nb\n')
  await expect(loadTokenizer(path, { kind: 'characters' })).rejects.toThrow('an empty line 2')
  await writeFile(path, 'a\nb\na\n')
  await expect(loadTokenizer(path, { kind: 'characters' })).rejects.toThrow('"a" twice')
  await writeFile(path, Uint8Array.of(0x61, 0xff))
  await expect(loadTokenizer(path, { kind: 'characters' })).rejects.toThrow('expected UTF-8')
  const lines = await trainCharacters(['a\nb'])
  await expect(saveTokenizer(lines, path)).rejects.toThrow('without line ends')
})

test('word pieces, one a line: BERT, whose settings say whether letters are made small', async () => {
  const path = join(folder, 'bert')
  const names = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'cat', '##s', 'The', ',']
  await saveTokenizer(bpe, join(path, 'x.json'))
  await rm(join(path, 'x.json'))
  await writeFile(join(path, 'vocab.txt'), names.map((name) => `${name}\n`).join(''))
  const small = await loadTokenizer(path)
  expect([...small.encode('The cats, dog')]).toEqual([5, 6, 7, 9, 1])
  expect([...small.encode('cat', { addSpecialTokens: true })]).toEqual([2, 6, 3])
  await writeFile(join(path, 'tokenizer_config.json'), '{"do_lower_case": false}')
  const cased = await loadTokenizer(path)
  expect([...cased.encode('The cats')]).toEqual([8, 6, 7])
  await saveTokenizer(cased, join(path, 'again.txt'))
  expect(await readFile(join(path, 'again.txt'), 'utf8')).toBe(
    await readFile(join(path, 'vocab.txt'), 'utf8'),
  )
  const again = await loadTokenizer(join(path, 'again.txt'), { lowerCase: false })
  expect(again.hash).toBe(cased.hash)
})

test('SentencePiece models, by name, in a folder, and by their first bytes', async () => {
  const file = new Uint8Array(
    await readFile(new URL('../../test/fixtures/nmt.model', import.meta.url)),
  )
  const wanted = await loadTokenizer(file)
  const path = join(folder, 'sentencepiece')
  await saveTokenizer(wanted, join(path, 'spiece.model'))
  expect(new Uint8Array(await readFile(join(path, 'spiece.model')))).toEqual(file)
  expect((await loadTokenizer(join(path, 'spiece.model'))).hash).toBe(wanted.hash)
  expect((await loadTokenizer(path)).hash).toBe(wanted.hash)
})

test('what a format cannot hold is not written', async () => {
  const characters = await trainCharacters(['abc'])
  const path = (name: string): string => join(folder, 'refused', name)
  await expect(saveTokenizer(characters, path('x.tiktoken'))).rejects.toThrow('byte-level BPE')
  await expect(saveTokenizer(characters, path('x'), { format: 'gpt2' })).rejects.toThrow(
    'that vocab.json and merges.txt can hold',
  )
  await expect(saveTokenizer(bpe, path('x.txt'))).rejects.toThrow('for a file of lines, got BPE')
  await expect(saveTokenizer(bpe, path('x.model'))).rejects.toThrow('expected a SentencePiece')
  await expect(readdir(join(folder, 'refused'))).rejects.toThrow('ENOENT')
})

test('a folder or file that is nothing known is an error that says what is expected', async () => {
  const path = join(folder, 'nothing')
  await saveTokenizer(bpe, join(path, 'other.json'))
  await expect(loadTokenizer(path)).rejects.toThrow(
    `vocab.txt or one .tiktoken file in ${path}, got other.json`,
  )
  const file = join(path, 'file.bin')
  await writeFile(file, 'hello')
  await expect(loadTokenizer(file)).rejects.toThrow(`got something else in ${file}`)
  await expect(loadTokenizer(file, { format: 'gpt2' })).rejects.toThrow('the folder or the path of')
  const gone = join(path, 'merges.txt')
  for (const missing of [gone, join(path, 'missing.json'), join(path, 'missing')]) {
    await expect(loadTokenizer(missing)).rejects.toThrow(
      /^loadTokenizer: expected a path to read, got ENOENT: no such file or directory.*(merges\.txt|missing)/,
    )
  }
  await truncate(file, 300 * 2 ** 20)
  await expect(loadTokenizer(file)).rejects.toThrow('at most 268435456 bytes, got 314572800')
})
