// The npm peers of the tokenizer measurements, each with its own copy of a published vocabulary.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { packageVersion } from '../package-version.mjs'
import { serve } from '../serve.mjs'

const { system, task, text, bytes, vocabulary, tokenizer } = JSON.parse(process.argv[2])
const documents = readFileSync(text, 'utf8')
  .split('\n')
  .map((line) => JSON.parse(line))

const makers = {
  async 'gpt-tokenizer'() {
    const { encode } = await import(`gpt-tokenizer/encoding/${vocabulary}_base`)
    const options = { disallowedSpecial: new Set() }
    return (document) => encode(document, options)
  },
  async 'npm:tiktoken'() {
    const { get_encoding } = await import('tiktoken')
    const encoding = get_encoding(`${vocabulary}_base`)
    return (document) => encoding.encode_ordinary(document)
  },
  async 'js-tiktoken'() {
    const { Tiktoken } = await import('js-tiktoken/lite')
    const { default: ranks } = await import(`js-tiktoken/ranks/${vocabulary}_base`)
    const encoding = new Tiktoken(ranks)
    return (document) => encoding.encode(document, [], [])
  },
  async 'ai-tokenizer'() {
    const { Tokenizer } = await import('ai-tokenizer')
    const encoding = new Tokenizer(await import(`ai-tokenizer/encoding/${vocabulary}_base`))
    return (document) => encoding.encode(document)
  },
  async '@huggingface/tokenizers'() {
    const { Tokenizer } = await import('@huggingface/tokenizers')
    const encoding = new Tokenizer(JSON.parse(readFileSync(tokenizer, 'utf8')), {})
    return (document) => encoding.encode(document).ids
  },
}

async function load() {
  const start = performance.now()
  const encode = await makers[system]()
  encode('hello world')
  return { value: performance.now() - start }
}

async function encoder() {
  const encode = await makers[system]()
  encode('hello world')
  return () => {
    const start = performance.now()
    const ids = documents.map((document) => encode(document))
    const seconds = (performance.now() - start) / 1000
    const value = task === 'once' ? seconds * 1000 : bytes / 1e6 / seconds
    // Its ids are known to differ, for U+FEFF among others.
    return system === 'ai-tokenizer' ? { value } : { value, check: checksum(ids) }
  }
}

function checksum(ids) {
  const hash = createHash('sha256')
  for (const each of ids) hash.update(Uint32Array.from(each))
  return hash.digest('hex').slice(0, 16)
}

await serve({ [system]: packageVersion(system) }, task === 'load' ? load : await encoder())
