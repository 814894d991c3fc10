import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadTokenizer, saveTokenizer, trainBpe } from '../../src/index.js'
import { python } from './python.js'
import { edgeCases, randomTexts, realTexts } from './texts.js'

const folder = mkdtempSync(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('tiktoken and transformers read what is saved, and give the same ids', async () => {
  const corpus = realTexts().slice(0, 300)
  const tokenizer = await trainBpe(corpus, { vocabularySize: 4000 })
  const { specialTokens } = tokenizer
  const [tiktoken, gpt2] = [join(folder, 'mine.tiktoken'), join(folder, 'gpt2')]
  await saveTokenizer(tokenizer, tiktoken)
  await saveTokenizer(tokenizer, gpt2, { format: 'gpt2' })
  const loaded = [
    await loadTokenizer(tiktoken, { pattern: 'gpt2', specialTokens }),
    await loadTokenizer(gpt2),
  ]
  const texts = [...corpus.slice(0, 100), ...edgeCases, ...randomTexts(1000, 5)]
  const found = python<Record<string, number[][]>>('formats.py', {
    tiktoken,
    gpt2,
    specialTokens: Object.fromEntries(specialTokens),
    texts,
  })
  expect(Object.keys(found).length).toBe(3)
  texts.forEach((text, i) => {
    const ids = [...tokenizer.encode(text, { allowedSpecial: 'all' })]
    for (const each of loaded) {
      expect([...each.encode(text, { allowedSpecial: 'all' })]).toEqual(ids)
    }
    for (const [system, lists] of Object.entries(found)) {
      // It knows no special tokens but those it is given.
      if (system === 'ByteLevelBPETokenizer' && text.includes('<|endoftext|>')) continue
      expect({ system, text, ids: lists[i] }).toEqual({ system, text, ids })
    }
  })
})

test('files of RoBERTa and GPT-1, by their classes in transformers', async () => {
  const corpus = realTexts().slice(0, 300)
  const texts = [
    ...corpus.slice(0, 100),
    ...edgeCases,
    ...randomTexts(1000, 6),
    'a <mask> <s>b</s>',
  ]
  const names = ['<s>', '<pad>', '</s>', '<unk>', '<mask>']
  const plain = await trainBpe(corpus, { vocabularySize: 4000, specialTokens: names })
  const roberta = await loadTokenizer({
    ...plain.toJSON(),
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 2],
      cls: ['<s>', 0],
      trim_offsets: true,
      add_prefix_space: false,
    },
  })
  const gpt1 = await trainBpe(corpus, {
    style: 'end-of-word',
    vocabularySize: 4000,
    alphabetLimit: 300,
  })
  for (const [name, tokenizer] of [
    ['RobertaTokenizer', roberta],
    ['OpenAIGPTTokenizer', gpt1],
  ] as const) {
    const path = join(folder, name)
    await saveTokenizer(tokenizer, path, { format: 'gpt2' })
    const loaded = await loadTokenizer(path)
    const found = python<{ name: string; ids: number[][] }>('formats.py', { folder: path, texts })
    expect(found.name).toBe(name)
    texts.forEach((text, i) => {
      const options = { allowedSpecial: 'all', addSpecialTokens: true } as const
      const ids = [...loaded.encode(text, options)]
      expect({ name, text, ids }).toEqual({ name, text, ids: found.ids[i] })
      expect([...tokenizer.encode(text, options)]).toEqual(ids)
    })
  }
})
