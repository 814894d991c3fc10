import assert from 'node:assert/strict'
import type { Random } from '@llm/data/random'
import type { Tokenizer } from '../../src/index.js'
import { damagedFile } from './fuzz-files.js'
import { randomPattern } from './fuzz-patterns.js'
import { randomBytes, randomText, wellFormed } from './fuzz-texts.js'
import type { FuzzTokenizer, FuzzTokenizers } from './fuzz-tokenizers.js'

export interface FuzzCase {
  /** Printed before it runs. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly run: () => void | Promise<void>
}

export const fuzzCases: Readonly<
  Record<string, (numbers: Random, tokenizers: FuzzTokenizers) => FuzzCase>
> = {
  text: textCase,
  bytes: bytesCase,
  policy: policyCase,
  pattern: randomPattern,
  file: damagedFile,
}

function textCase(numbers: Random, tokenizers: FuzzTokenizers): FuzzCase {
  const [name, { tokenizer, comesBack }] = pick(numbers, Object.entries(tokenizers))
  const text = randomText(numbers)
  const limit = numbers.integer(text.length + 2)
  const dropout = numbers.integer(3) / 2
  const back = comesBack(wellFormed(text))
  return {
    settings: { name, text },
    run() {
      const ids = tokenizer.encode(text)
      if (back !== undefined) assert.equal(tokenizer.decode(ids), back)
      assert.equal(tokenizer.count(text), ids.length)
      assert.equal(tokenizer.countUpTo(text, limit), ids.length > limit ? undefined : ids.length)
      assert.deepEqual(tokenizer.encode(new TextEncoder().encode(text)), ids)
      const into = new Uint16Array(ids.length + 3)
      assert.equal(tokenizer.encodeInto(text, into), ids.length)
      assert.deepEqual(Uint32Array.from(into.subarray(0, ids.length)), ids)
      const decoder = tokenizer.decoder()
      const streamed = Array.from(ids, (id) => decoder.push(id)).join('') + decoder.end()
      assert.equal(streamed, tokenizer.decode(ids))
      places(tokenizer, text, ids)
      if (tokenizer.kind === 'bpe') {
        const dropped = tokenizer.encode(text, { dropout, seed: limit })
        if (back !== undefined) assert.equal(tokenizer.decode(dropped), back)
      }
    },
  }
}

function places(tokenizer: Tokenizer, text: string, ids: Uint32Array): void {
  for (const [unit, length] of [
    ['utf16', text.length],
    ['bytes', new TextEncoder().encode(text).length],
  ] as const) {
    const found = tokenizer.encodeWithOffsets(text, { unit })
    assert.deepEqual(found.ids, ids)
    for (const [i, start] of found.starts.entries()) {
      const end = found.ends[i] ?? -1
      assert.ok(start <= end && end <= length, `place ${start} to ${end} of ${length}`)
      assert.ok(start >= (found.starts[i - 1] ?? 0), `place ${start} comes before the one before`)
    }
  }
}

function bytesCase(numbers: Random, tokenizers: FuzzTokenizers): FuzzCase {
  const all = Object.entries(tokenizers)
  const [name, { tokenizer, bytes: exact }] = pick(numbers, all)
  const bytes = randomBytes(numbers)
  return {
    settings: { name, bytes: Buffer.from(bytes).toString('hex') },
    run() {
      const ids = tokenizer.encode(bytes)
      assert.equal(tokenizer.count(bytes), ids.length)
      if (exact) assert.deepEqual(tokenizer.decodeBytes(ids), Uint8Array.from(bytes))
      const random = Array.from({ length: 20 }, () => numbers.integer(tokenizer.vocabularySize))
      const decoder = tokenizer.decoder()
      const streamed = random.map((id) => decoder.push(id)).join('') + decoder.end()
      assert.equal(streamed, tokenizer.decode(random))
    },
  }
}

/** Special tokens that overlap, in a text made of them, under random policies; the slow way is a search at every place. */
function policyCase(numbers: Random, tokenizers: FuzzTokenizers): FuzzCase {
  const { tokenizer } = tokenizers.gpt2 as FuzzTokenizer
  const names = [...tokenizer.specialTokens.keys()]
  const parts = [...names, '<|endoftext', 'end|>', ' ', 'a', '<', '|']
  const text = Array.from({ length: numbers.integer(12) }, () => pick(numbers, parts)).join('')
  const set = (): 'all' | ReadonlySet<string> =>
    numbers.integer(4) === 0 ? 'all' : new Set(names.filter(() => numbers.integer(2) === 0))
  const allowedSpecial = set()
  const disallowedSpecial = numbers.integer(2) === 0 ? new Set<string>() : set()
  const allowed = allowedSpecial === 'all' ? new Set(names) : allowedSpecial
  const forbidden = names.filter(
    (name) => !allowed.has(name) && (disallowedSpecial === 'all' || disallowedSpecial.has(name)),
  )
  return {
    settings: { text, allowed: [...allowed], forbidden },
    run() {
      const encode = (): Uint32Array =>
        tokenizer.encode(text, { allowedSpecial, disallowedSpecial })
      // Anywhere, inside an allowed one too, as in tiktoken.
      if (forbidden.some((name) => text.includes(name))) {
        assert.throws(encode, RangeError)
        return
      }
      const ids = encode()
      const special = new Map(Array.from(tokenizer.specialTokens, ([name, id]) => [id, name]))
      assert.deepEqual(
        Array.from(ids, (id) => special.get(id)).filter((name) => name !== undefined),
        specialIn(text, [...allowed]),
      )
      assert.equal(tokenizer.decode(ids), text)
    },
  }
}

/** The leftmost, and of those the longest, again and again. */
function specialIn(text: string, names: readonly string[]): string[] {
  const longest = [...names].sort((a, b) => b.length - a.length)
  const found: string[] = []
  for (let at = 0; at < text.length; ) {
    const name = longest.find((each) => text.startsWith(each, at))
    if (name !== undefined) found.push(name)
    at += name?.length ?? 1
  }
  return found
}

export function pick<T>(numbers: Random, list: readonly T[]): T {
  return list[numbers.integer(list.length)] as T
}
