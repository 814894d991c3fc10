import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import type { LoadTokenizerOptions } from '../load-tokenizer.js'
import type { Tokenizer } from '../types.js'
import { joinPath, listFolder, readBytes, splitPath } from './files.js'
import { formatOfName } from './format.js'
import { readGpt2Files } from './gpt2-files.js'
import { decodeText, parseJson, readContent } from './read-content.js'

/** The pairs of names under which GPT-2's files are found: transformers' and OpenAI's. */
const gpt2Names = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const

/** In a folder, the first of these that is there. */
const singleFiles = ['tokenizer.json', 'tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model']

/** A tokenizer from a file, or from what is in a folder. */
export async function loadPath(path: string, options: LoadTokenizerOptions): Promise<Tokenizer> {
  const inside = await listFolder(path)
  if (inside !== undefined) return loadFolder(path, inside, options)
  const { folder, name } = await splitPath(path)
  const format = options.format ?? formatOfName(name)
  if (format === 'gpt2') {
    const names = gpt2Names.find((pair) => pair.some((each) => each === name))
    if (names !== undefined) return loadGpt2(folder, names, (await listFolder(folder)) ?? [])
  }
  return readContent(await readBytes(path), path, format, options)
}

async function loadFolder(
  folder: string,
  inside: readonly string[],
  options: LoadTokenizerOptions,
): Promise<Tokenizer> {
  const wanted = options.format
  const fits = (name: string): boolean => {
    const format = formatOfName(name)
    return wanted === undefined || format === undefined || format === wanted
  }
  const pair = gpt2Names.find((names) => names.every((name) => inside.includes(name)))
  const ranks = inside.filter((name) => name.endsWith('.tiktoken'))
  const single = singleFiles.find((name) => inside.includes(name) && fits(name))
  if (single !== undefined) return loadFile(single)
  if (pair !== undefined && (wanted === undefined || wanted === 'gpt2')) {
    return loadGpt2(folder, pair, inside)
  }
  if (inside.includes('vocab.txt') && fits('vocab.txt')) return loadFile('vocab.txt')
  const [only, ...more] = ranks
  if (only !== undefined && more.length === 0 && fits(only)) return loadFile(only)
  throw new RangeError(
    `loadTokenizer: expected tokenizer.json, a .model, vocab.json with merges.txt, vocab.txt or one .tiktoken file in ${folder}, got ${inside.slice(0, 10).join(', ') || 'nothing'}`,
  )

  async function loadFile(name: string): Promise<Tokenizer> {
    const path = await joinPath(folder, name)
    const lowerCase = name === 'vocab.txt' ? await lowerCaseSetting() : {}
    return readContent(await readBytes(path), path, formatOfName(name), {
      ...lowerCase,
      ...options,
    })
  }

  /** BERT's vocab.txt does not say whether it is one for lower case; the settings beside it do. */
  async function lowerCaseSetting(): Promise<{ lowerCase?: boolean }> {
    for (const settings of await readSettings(folder, inside)) {
      if (typeof settings === 'object' && settings !== null && 'do_lower_case' in settings) {
        return { lowerCase: settings.do_lower_case !== false }
      }
    }
    return {}
  }
}

async function loadGpt2(
  folder: string,
  [vocabName, mergesName]: readonly [string, string],
  inside: readonly string[],
): Promise<Tokenizer> {
  const vocab = await joinPath(folder, vocabName)
  const merges = await joinPath(folder, mergesName)
  return parseTokenizer(
    readGpt2Files({
      vocab: parseJson(await readBytes(vocab), vocab),
      merges: decodeText(await readBytes(merges), merges),
      settings: await readSettings(folder, inside),
    }),
  )
}

async function readSettings(folder: string, inside: readonly string[]): Promise<unknown[]> {
  const settings: unknown[] = []
  for (const name of ['tokenizer_config.json', 'special_tokens_map.json']) {
    if (!inside.includes(name)) continue
    const path = await joinPath(folder, name)
    settings.push(parseJson(await readBytes(path), path))
  }
  return settings
}
