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
