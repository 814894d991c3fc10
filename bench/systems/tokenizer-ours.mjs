import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadTokenizer, trainBpe } from '@llm/tokenizer'
import { serve } from '../serve.mjs'

const {
  task,
  text,
  bytes,
  vocabulary,
  vocabularySize,
  tokenizer: path,
} = JSON.parse(process.argv[2])
const documents = readFileSync(text, 'utf8')
  .split('\n')
  .map((line) => JSON.parse(line))
const { version } = JSON.parse(
  readFileSync(new URL('../../packages/tokenizer/package.json', import.meta.url), 'utf8'),
)

const tasks = {
  async train() {
    const start = performance.now()
    const trained = await trainBpe(documents, { vocabularySize })
    return { value: (performance.now() - start) / 1000, check: String(trained.vocabularySize) }
  },
  async load() {
    const start = performance.now()
    const tokenizer = await load()
    tokenizer.encode('hello world')
    return { value: performance.now() - start }
  },
}

/** The published vocabulary of the job, or else the trained one. */
async function load() {
  if (vocabulary === undefined) return loadTokenizer(path)
  return (await import(`@llm/tokenizer/${vocabulary}`))[vocabulary]
}

async function encoder() {
  const tokenizer = await load()
  tokenizer.encode('hello world')
  return () => {
    const start = performance.now()
    const ids = documents.map((document) => tokenizer.encode(document))
    const seconds = (performance.now() - start) / 1000
    const value = task === 'once' ? seconds * 1000 : bytes / 1e6 / seconds
    return { value, check: checksum(ids) }
  }
}

async function decoder() {
  const tokenizer = await load()
  const ids = documents.map((document) => tokenizer.encode(document))
  return () => {
    const start = performance.now()
    let length = 0
    for (const each of ids) length += tokenizer.decode(each).length
    const seconds = (performance.now() - start) / 1000
    if (length !== documents.reduce((sum, document) => sum + document.length, 0)) {
      throw new Error('decode: the text did not come back')
    }
    return { value: bytes / 1e6 / seconds }
  }
}

function checksum(ids) {
  const hash = createHash('sha256')
  for (const each of ids) hash.update(each)
  return hash.digest('hex').slice(0, 16)
}

const run = task === 'decode' ? await decoder() : task in tasks ? tasks[task] : await encoder()
await serve({ '@llm/tokenizer': version }, run)
