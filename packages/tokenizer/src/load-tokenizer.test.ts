import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bpeJson } from '../test/bpe-json.js'
import { trainBpe } from './bpe/train-bpe.js'
import { trainCharacters } from './characters/train-characters.js'
import { loadTokenizer } from './load-tokenizer.js'
import type { Tokenizer } from './types.js'

const folder = await mkdtemp(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rm(folder, { recursive: true }))

const bpe = await trainBpe(['the cat sat on the mat'], { vocabularySize: 262 })
const characters = await trainCharacters(['abc'], { unknown: '<|unknown|>' })

type Change = (file: object) => void

/** A copy of a tokenizer's file with changes. */
function changed(tokenizer: Tokenizer, ...changes: Change[]): object {
  const copy = JSON.parse(JSON.stringify(tokenizer))
  for (const change of changes) change(copy)
  return copy
}

/** Sets what stands at a path of keys and indices; `undefined` removes it. */
function set(path: string, value: unknown): Change {
  return (file) => {
    const keys = path.split('/')
    const last = keys.pop() as string
    const at = keys.reduce(inner, file)
    if (value === undefined) Reflect.deleteProperty(at, last)
    else Reflect.set(at, last, value)
  }
}

/** Adds to the list at a path. */
function push(path: string, value: unknown): Change {
  return (file) => {
    const list = path.split('/').reduce(inner, file)
    if (Array.isArray(list)) list.push(value)
  }
}

/** Gives a token of the vocabulary another name. */
function rename(from: string, to: string): Change {
  return (file) => {
    const vocab = inner(inner(file, 'model'), 'vocab')
    Reflect.set(vocab, to, Reflect.get(vocab, from))
    Reflect.deleteProperty(vocab, from)
  }
}

function inner(at: object, key: string): object {
  const value: unknown = Reflect.get(at, key)
  if (typeof value !== 'object' || value === null) throw new Error(`nothing at ${key}`)
  return value
}

test('loads what toJSON gives, with the same hash and ids', async () => {
  for (const tokenizer of [bpe, characters]) {
    const copy = await loadTokenizer(tokenizer.toJSON())
    expect(copy.hash).toBe(tokenizer.hash)
    expect(copy.kind).toBe(tokenizer.kind)
    expect(copy.encode('cab')).toEqual(tokenizer.encode('cab'))
    expect(copy.toJSON()).toEqual(tokenizer.toJSON())
  }
})

test('accepts what GPT-2 and others write in these places', async () => {
  const copy = await loadTokenizer(
    changed(
      bpe,
      set('version', undefined),
      set('model/type', undefined),
      set('model/continuing_subword_prefix', ''),
      set('model/end_of_word_suffix', ''),
      set('model/byte_fallback', undefined),
      set('model/ignore_merges', undefined),
      set('model/unk_token', '<|endoftext|>'),
      set('pre_tokenizer/use_regex', undefined),
      set('post_processor', { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false }),
      set('added_tokens/0/normalized', true),
    ),
  )
  expect(copy.hash).toBe(bpe.hash)
})

test('takes special tokens that stand in added_tokens only', async () => {
  const more = { id: 262, content: '<|more|>', special: true }
  const copy = await loadTokenizer(changed(bpe, push('added_tokens', more)))
  expect(copy.vocabularySize).toBe(263)
  expect([...copy.encode('<|more|>', { allowedSpecial: 'all' })]).toEqual([262])
})

test('a token that is no longer special is ordinary, and the hash tells', async () => {
  const copy = await loadTokenizer(changed(bpe, set('added_tokens', [])))
  expect(copy.vocabularySize).toBe(bpe.vocabularySize)
  expect(copy.specialTokens.size).toBe(0)
  expect(copy.hash).not.toBe(bpe.hash)
})

test('keeps ids that are not in the order of the merges', async () => {
  const [a, b] = bpeJson(bpe).merges.map((pair) => pair.join(''))
  const swapped = await loadTokenizer(
    changed(bpe, set(`model/vocab/${a}`, 258), set(`model/vocab/${b}`, 257)),
  )
  const exchange = (id: number): number => (id === 257 ? 258 : id === 258 ? 257 : id)
  const sample = 'the cat sat at'
  expect([...swapped.encode(sample)]).toEqual([...bpe.encode(sample)].map(exchange))
  expect(swapped.decode(swapped.encode(sample))).toBe(sample)
  expect(swapped.hash).not.toBe(bpe.hash)
})

test('takes ids that stand for nothing, which are no error until one is decoded', async () => {
  const copy = await loadTokenizer(changed(bpe, set('model/vocab/a', 500_000)))
  expect(copy.vocabularySize).toBe(500_001)
  expect([...copy.encode('a')]).toEqual([500_000])
  expect(copy.decode([500_000])).toBe('a')
  expect((await loadTokenizer(copy.toJSON())).hash).toBe(copy.hash)
  await expect(loadTokenizer(changed(characters, set('model/vocab/a', 5)))).rejects.toThrow(
    'ids without gaps',
  )
})

test('takes two special tokens with one id: the first is its name', async () => {
  const more = [
    { id: 262, content: '<|more|>', special: true },
    { id: 262, content: '<|again|>', special: true },
  ]
  const copy = await loadTokenizer(
    changed(bpe, ...more.map((token) => push('added_tokens', token))),
  )
  expect(copy.vocabularySize).toBe(263)
  expect([...copy.encode('<|again|><|more|>', { allowedSpecial: 'all' })]).toEqual([262, 262])
  expect(copy.decode([262])).toBe('<|more|>')
  expect((await loadTokenizer(copy.toJSON())).hash).toBe(copy.hash)
})

test('ignore_merges takes a piece that is a token, and is part of the hash where that changes ids', async () => {
  const whole = { ignore: set('model/ignore_merges', true), token: set('model/vocab/cats', 262) }
  const plain = await loadTokenizer(changed(bpe, whole.token))
  const copy = await loadTokenizer(changed(bpe, whole.token, whole.ignore))
  const cats = [...plain.encode('cats')]
  expect(cats.length).toBeGreaterThan(1)
  expect([...copy.encode('cats')]).toEqual([262])
  expect([...copy.encode('cats cats scats')]).toEqual([262, ...plain.encode(' cats scats')])
  expect(copy.hash).not.toBe(plain.hash)
  expect(copy.toJSON()).toEqual(changed(bpe, whole.token, whole.ignore))
  expect((await loadTokenizer(changed(bpe, whole.ignore))).hash).toBe(bpe.hash)
})

test.each([
  [set('model/type', 'GPT'), 'model.type: expected one of BPE, Unigram, WordLevel'],
  [set('model/type', 'Unigram'), 'model.vocab: expected an array'],
  [set('normalizer', { type: 'Mark' }), 'got type "Mark"; this part of the pipeline is not'],
  [set('truncation', 5), 'truncation: expected an object, got 5'],
  [set('padding', []), 'padding: expected an object, got []'],
  [set('pre_tokenizer', { type: 'Mark' }), 'got type "Mark"; this part of the pipeline is not'],
  [set('pre_tokenizer', 5), 'pre_tokenizer: expected an object, got 5'],
  [set('pre_tokenizer/add_prefix_space', 1), 'add_prefix_space: expected true or false, got 1'],
  [set('pre_tokenizer/use_regex', 'no'), 'pre_tokenizer.use_regex: expected true or false'],
  [set('post_processor', { type: 'Mark' }), 'got type "Mark"; this part of the pipeline is not'],
  [set('decoder', { type: 'Mark' }), 'got type "Mark"'],
  [set('model/dropout', 0.1), 'model.dropout: expected null or 0, got 0.1'],
  [set('model/end_of_word_suffix', 5), 'model.end_of_word_suffix: expected a string, got 5'],
  [set('model/byte_fallback', 1), 'model.byte_fallback: expected true or false'],
  [set('added_tokens/0/lstrip', 1), 'added_tokens[0].lstrip: expected true or false, got 1'],
  [set('added_tokens/0/id', 7), 'added_tokens[0].id: expected 0, as in model.vocab, got 7'],
  [set('added_tokens/0/content', ''), 'expected some text'],
  [set('added_tokens', [null]), 'added_tokens[0]: expected an object, got null'],
  [push('added_tokens', bpe.toJSON().added_tokens[0]), 'expected a name of its own'],
  [set('model', undefined), 'model: expected an object, got undefined'],
  [set('model/vocab', []), 'model.vocab: expected an object, got []'],
  [set('model/vocab/a', 1.5), 'model.vocab["a"]: expected an id from 0 to 2097151, got 1.5'],
  [set('model/vocab/a', 1e12), 'got 1000000000000'],
  [set('model/vocab/a', 5), 'one token per id, got 5'],
  [rename('a', 'a b'), 'model.merges[0]: expected tokens of model.vocab, got "a"'],
  [
    push('model/merges', ['q', 'qqq']),
    'model.merges[5]: expected tokens of model.vocab, got "qqq"',
  ],
  [push('model/merges', ['q', 'q']), 'got "qq"'],
  [push('model/merges', bpeJson(bpe).merges[0]), 'each pair once'],
  [push('model/merges', 'a b c'), 'model.merges[5]: expected two tokens, got "a b c"'],
  [push('model/merges', ['', 'a']), 'expected two tokens'],
  [push('model/merges', 7), 'expected two tokens, got 7'],
  [set('model/merges', Array(3000).fill(['a', 't'])), 'one per place to cut a token, got 3000'],
  [set('model/merges', null), 'model.merges: expected an array, got null'],
])('refuses a damaged or unsupported file: case %#', async (change, message) => {
  await expect(loadTokenizer(changed(bpe, change))).rejects.toThrow(message)
})

test('a byte without a token is an error only where it is to be encoded', async () => {
  const copy = await loadTokenizer(changed(bpe, rename('z', 'zz')))
  expect(copy.decode(copy.encode('the cat'))).toBe('the cat')
  expect(() => copy.encode('zebra')).toThrow('encode: expected')
})

test('refuses a merge that would make a special token out of text', async () => {
  const special = push('added_tokens', { id: 262, content: 'qq', special: true })
  await expect(
    loadTokenizer(changed(bpe, special, push('model/merges', ['q', 'q']))),
  ).rejects.toThrow('no special token, as text must not produce one')
})

test.each([
  [push('model/merges', ['a', 'b']), 'model.merges: expected none in a tokenizer of characters'],
  [rename('a', 'aa'), 'tokens of one character, got "aa"'],
  [rename('a', '\ud800'), 'tokens of one character'],
  [set('model/unk_token', 'a'), 'model.unk_token: expected one of the special tokens'],
  [set('model/fuse_unk', true), 'model.fuse_unk'],
  [
    push('added_tokens', { id: 5, content: '!', special: true }),
    'more than one character, got "!"',
  ],
])('refuses a damaged file of characters: case %#', async (change, message) => {
  await expect(loadTokenizer(changed(characters, change))).rejects.toThrow(message)
})

test('refuses what is no tokenizer at all', async () => {
  for (const content of [[], {}, { model: 5 }, { model: { vocab: {} } }]) {
    await expect(loadTokenizer(content)).rejects.toThrow('loadTokenizer: ')
  }
})

test('a token named __proto__ is a token like any other', async () => {
  const named = await trainBpe(['x'], {
    vocabularySize: 258,
    specialTokens: ['__proto__', 'constructor'],
  })
  const copy = await loadTokenizer(JSON.parse(JSON.stringify(named)))
  expect([...copy.specialTokens.keys()]).toEqual(['__proto__', 'constructor'])
  expect(copy.hash).toBe(named.hash)
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('names the file that is not JSON, too large, or not there', async () => {
  const path = join(folder, 'bad.json')
  await writeFile(path, '{"model":')
  await expect(loadTokenizer(path)).rejects.toThrow(`loadTokenizer: expected JSON in ${path}`)
  await truncate(path, 300 * 2 ** 20)
  await expect(loadTokenizer(path)).rejects.toThrow('at most 268435456 bytes, got 314572800')
  await expect(loadTokenizer(join(folder, 'none'))).rejects.toThrow('none')
})

test('a Unigram file with one piece twice names the entry', async () => {
  const model = {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['a', -1],
      ['a', -2],
    ],
  }
  await expect(loadTokenizer({ model, added_tokens: [] })).rejects.toThrow(
    /^loadTokenizer: model\.vocab/,
  )
})
