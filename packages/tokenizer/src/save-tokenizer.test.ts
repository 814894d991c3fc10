import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { trainBpe } from './bpe/train-bpe.js'
import { trainCharacters } from './characters/train-characters.js'
import { loadTokenizer } from './load-tokenizer.js'
import { saveTokenizer } from './save-tokenizer.js'

const folder = await mkdtemp(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rm(folder, { recursive: true }))

const bpe = await trainBpe(['the cat sat on the mat'], { vocabularySize: 262 })

test('saves a file, in a folder that it makes, and nothing else', async () => {
  const path = join(folder, 'a', 'b', 'mine.json')
  await saveTokenizer(bpe, path)
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['mine.json'])
  expect((await loadTokenizer(path)).hash).toBe(bpe.hash)
})

test('saves a folder for transformers, which loads as such', async () => {
  const path = join(folder, 'model')
  await saveTokenizer(bpe, path)
  expect((await readdir(path)).sort()).toEqual(['tokenizer.json', 'tokenizer_config.json'])
  expect((await loadTokenizer(path)).hash).toBe(bpe.hash)
  expect(JSON.parse(await readFile(join(path, 'tokenizer_config.json'), 'utf8'))).toEqual({
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: '<|endoftext|>',
    eos_token: '<|endoftext|>',
    clean_up_tokenization_spaces: false,
    unicode_version: '16.0.0',
  })
})

test('names the unknown token of characters, and no end of text where there is none', async () => {
  const path = join(folder, 'characters')
  const tokenizer = await trainCharacters(['abc'], { specialTokens: [], unknown: '<|unknown|>' })
  await saveTokenizer(tokenizer, path)
  const config = JSON.parse(await readFile(join(path, 'tokenizer_config.json'), 'utf8'))
  expect(config.unk_token).toBe('<|unknown|>')
  expect(config).not.toHaveProperty('eos_token')
  expect((await loadTokenizer(path)).hash).toBe(tokenizer.hash)
})

test('replaces an older file, writes the same bytes each time, and leaves nothing behind when it fails', async () => {
  const path = join(folder, 'again.json')
  await writeFile(path, 'old')
  await saveTokenizer(bpe, path)
  const first = await readFile(path, 'utf8')
  await saveTokenizer(bpe, path)
  expect(await readFile(path, 'utf8')).toBe(first)
  // A folder stands where the file should go.
  await saveTokenizer(bpe, join(folder, 'x.json', 'inner'))
  await expect(saveTokenizer(bpe, join(folder, 'x.json'))).rejects.toThrow(
    'saveTokenizer: expected a path to write, got EISDIR',
  )
  expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([])
})
