import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadTokenizer, trainBpe } from '@llm/tokenizer'
import { serve } from '../serve.mjs'

const { task, text, bytes, vocabularySize, tokenizer: path } = JSON.parse(process.argv[2])
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
    await loadTokenizer(path)
    return { value: performance.now() - start }
  },
}

async function encoder() {
  const tokenizer = await loadTokenizer(path)
  return () => {
    const start = performance.now()
    const ids = documents.map((document) => tokenizer.encode(document))
    const seconds = (performance.now() - start) / 1000
    return { value: bytes / 1e6 / seconds, check: checksum(ids) }
  }
}

async function decoder() {
  const tokenizer = await loadTokenizer(path)
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

const run = task === 'encode' ? await encoder() : task === 'decode' ? await decoder() : tasks[task]
await serve({ '@llm/tokenizer': version }, run)
