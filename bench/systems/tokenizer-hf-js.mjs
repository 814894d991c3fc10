import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { serve } from '../serve.mjs'

const { text, bytes, tokenizer: path } = JSON.parse(process.argv[2])
const documents = readFileSync(text, 'utf8')
  .split('\n')
  .map((line) => JSON.parse(line))
const tokenizer = new Tokenizer(JSON.parse(readFileSync(path, 'utf8')), {})

await serve({ '@huggingface/tokenizers': '0.2.0' }, () => {
  const start = performance.now()
  const ids = documents.map((document) => tokenizer.encode(document).ids)
  const seconds = (performance.now() - start) / 1000
  const hash = createHash('sha256')
  for (const each of ids) hash.update(Uint32Array.from(each))
  return { value: bytes / 1e6 / seconds, check: hash.digest('hex').slice(0, 16) }
})
