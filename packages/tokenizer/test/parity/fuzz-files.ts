import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '@llm/data/random'
import {
  loadTokenizer,
  saveTokenizer,
  type Tokenizer,
  type TokenizerFormat,
} from '../../src/index.js'
import { type FuzzCase, pick } from './fuzz-cases.js'
import type { FuzzTokenizers } from './fuzz-tokenizers.js'

interface Whole {
  readonly bytes: Uint8Array
  readonly format: TokenizerFormat
}

const endings = {
  huggingface: '.json',
  tiktoken: '.tiktoken',
  sentencepiece: '.model',
  text: '.txt',
} as const
const kept = new Map<Tokenizer, Promise<Whole[]>>()

/** A file of some format, damaged: an error that says so, or a tokenizer that works. */
export function damagedFile(numbers: Random, tokenizers: FuzzTokenizers): FuzzCase {
  const [name, { tokenizer }] = pick(numbers, Object.entries(tokenizers))
  return {
    settings: { name },
    async run() {
      const { bytes, format } = pick(numbers, await files(tokenizer))
      const damaged =
        format === 'huggingface' && numbers.integer(3) > 0
          ? damageJson(numbers, bytes)
          : damageBytes(numbers, bytes)
      let loaded: Tokenizer
      try {
        loaded = await loadTokenizer(damaged, numbers.integer(4) === 0 ? {} : { format })
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        assert.match(error.message, /^loadTokenizer/)
        return
      }
      try {
        const ids = loaded.encode('The cat, 123 été 中文 \u{1f600}\n  <|endoftext|>')
        assert.equal(typeof loaded.decode(ids), 'string')
        assert.match(loaded.hash, /^[0-9a-f]{64}$/)
      } catch (error) {
        // Such as a character that the damaged vocabulary lacks.
        if (!(error instanceof RangeError)) throw error
        assert.match(error.message, /^(encode|decode)/)
      }
    },
  }
}

/** The tokenizer in every format that can hold it; the others must say so. */
function files(tokenizer: Tokenizer): Promise<Whole[]> {
  let found = kept.get(tokenizer)
  if (found === undefined) {
    found = write(tokenizer)
    kept.set(tokenizer, found)
  }
  return found
}

async function write(tokenizer: Tokenizer): Promise<Whole[]> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fuzz-'))
  const out: Whole[] = []
  for (const format of ['huggingface', 'tiktoken', 'sentencepiece', 'text'] as const) {
    const path = join(folder, `file${endings[format]}`)
    try {
      await saveTokenizer(tokenizer, path)
      out.push({ bytes: await readFile(path), format })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      assert.match(error.message, /^saveTokenizer/)
    }
  }
  await rm(folder, { recursive: true })
  return out
}

function damageBytes(numbers: Random, whole: Uint8Array): Uint8Array {
  let bytes = Array.from(whole)
  const changes = 1 + numbers.integer(4)
  for (let i = 0; i < changes; i++) {
    const at = numbers.integer(bytes.length + 1)
    const few = () => Array.from({ length: 1 + numbers.integer(8) }, () => numbers.integer(256))
    const kind = numbers.integer(5)
    if (kind === 0) bytes[Math.min(at, bytes.length - 1)] = numbers.integer(256)
    else if (kind === 1) bytes = [...bytes.slice(0, at), ...few(), ...bytes.slice(at)]
    else if (kind === 2) bytes.splice(at, 1 + numbers.integer(100))
    else if (kind === 3) bytes.splice(at, 0, ...bytes.slice(at, at + numbers.integer(200)))
    else if (numbers.integer(4) === 0) bytes.length = at
    else bytes.splice(at, 4, 0xff, 0xff, 0xff, 0x7f)
  }
  return Uint8Array.from(bytes)
}

const values: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    2 ** 31,
    1e308,
    0.5,
    '',
    'a',
    '\ud800',
    '__proto__',
    [],
    {},
    [[]],
  ],
  ...[
    'BPE',
    'Unigram',
    'WordPiece',
    'Sequence',
    { type: 'Sequence' },
    { type: 'ByteLevel' },
    [null],
  ],
  ...[
    { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: 'a'.repeat(50) },
    { type: 'Lowercase' },
  ],
  ...[{ type: 'Split', pattern: { Regex: '(\\w*\\s*)*x' }, behavior: 'Isolated', invert: false }],
  ...[
    { type: 'Precompiled', precompiled_charsmap: 'AAAA////' },
    { type: 'Metaspace' },
    { type: 'NFKC' },
  ],
]

/** Replaces, removes or doubles values anywhere in the tree, near the root more often. */
function damageJson(numbers: Random, bytes: Uint8Array): Uint8Array {
  const tree: unknown = JSON.parse(new TextDecoder().decode(bytes))
  const changes = 1 + numbers.integer(3)
  for (let i = 0; i < changes; i++) damageValue(numbers, tree)
  return new TextEncoder().encode(JSON.stringify(tree))
}

function damageValue(numbers: Random, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const keys = Object.keys(value)
  const key = keys.length === 0 ? '0' : pick(numbers, keys)
  const child: unknown = Reflect.get(value, key)
  if (typeof child === 'object' && child !== null && numbers.integer(3) > 0) {
    damageValue(numbers, child)
    return
  }
  const kind = numbers.integer(4)
  if (kind === 0) Reflect.deleteProperty(value, key)
  else if (kind === 1 && keys.length > 1)
    Reflect.set(value, key, Reflect.get(value, pick(numbers, keys)))
  else Reflect.set(value, key, structuredClone(pick(numbers, values)))
}
