// What is measured with the published vocabularies, beside what the tokenizer definition measures with a trained one.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { saveTokenizer } from '@llm/tokenizer'

const cache = new URL('.cache/', import.meta.url)
const require = createRequire(import.meta.url)

/** The vocabularies by the names of their entry points. */
const names = ['r50k', 'cl100k', 'o200k']

/** Each vocabulary as tokenizer.json and as the file that OpenAI published. */
export async function publishedVocabularies() {
  await mkdir(cache, { recursive: true })
  const found = {}
  for (const name of names) {
    const tokenizer = (await import(`@llm/tokenizer/${name}`))[name]
    const json = new URL(`${name}.json`, cache).pathname
    await saveTokenizer(tokenizer, json)
    found[name] = { json, ranks: require.resolve(`gpt-tokenizer/data/${name}_base.tiktoken`) }
  }
  return found
}

const encode = { metric: 'throughput', unit: 'MB/s', better: 'higher', task: 'encode' }
const once = { metric: 'time', unit: 'ms', better: 'lower', fresh: true }

/**
 * English and mixed text, each by a new process, whose first pass and second pass are measured. Before the first, every system has
 * encoded 'hello world': what some make when they are constructed and others at their first text belongs to "load", and the first pass
 * is that of a cache with nothing in it.
 */
export function encodeCases(vocabulary) {
  return ['english', 'mixed'].map((text) => {
    const name = vocabulary === undefined ? `encode ${text}` : `${vocabulary} encode ${text}`
    return {
      case: name,
      firstPass: `${name}, first pass`,
      fresh: true,
      vocabulary,
      text,
      ...encode,
    }
  })
}

export const publishedCases = names.flatMap((vocabulary) => [
  ...encodeCases(vocabulary),
  // From the import to the first id.
  { case: `${vocabulary} load`, vocabulary, text: 'worst a 10,000', task: 'load', ...once },
])

/** An entry point with everything that it needs in one file, minified and compressed with brotli; a vocabulary is in it. */
export const bundleCases = [undefined, ...names].map((vocabulary) => ({
  case: vocabulary === undefined ? 'bundle' : `bundle ${vocabulary}`,
  task: 'bundle',
  vocabulary,
  metric: 'size',
  unit: 'kB',
  better: 'lower',
  rounds: 1,
  warmup: 0,
}))

/** One call each; packages of npm need quadratic time, or seconds, and are only asked for the first. */
export const worstCases = [
  { case: 'worst: 10,000 x "a"', text: 'worst a 10,000', short: true },
  { case: 'worst: 1,000,000 x "a"', text: 'worst a' },
  { case: 'worst: 1,000,000 spaces', text: 'worst spaces' },
  { case: 'worst: 100,000 x "中"', text: 'worst ideographs' },
  { case: 'worst: 1,000,000 random letters', text: 'worst letters' },
].map((one) => ({ vocabulary: 'cl100k', task: 'once', ...once, ...one }))

/** The texts of the worst cases, in files like those of `benchText`. */
export async function worstTexts() {
  let state = 1
  const letters = Array.from({ length: 1_000_000 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return String.fromCharCode(97 + ((state >>> 16) % 26))
  })
  const texts = {
    'worst a 10,000': 'a'.repeat(10_000),
    'worst a': 'a'.repeat(1_000_000),
    'worst spaces': ' '.repeat(1_000_000),
    'worst ideographs': '中'.repeat(100_000),
    'worst letters': letters.join(''),
  }
  const files = {}
  for (const [name, text] of Object.entries(texts)) {
    const path = new URL(`${name.replaceAll(/[ ,]/g, '-')}.jsonl`, cache)
    await writeFile(new URL(`${path.href}.tmp`), JSON.stringify(text))
    await rename(new URL(`${path.href}.tmp`), path)
    files[name] = { path: path.pathname, bytes: Buffer.byteLength(text) }
  }
  return files
}
