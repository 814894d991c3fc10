import { expect, test } from 'vitest'
import { type TrainBpeOptions, trainBpe } from './train-bpe.js'

const text = 'The cat sat on the mat, the cat ate 123 and 45 rats.'

function names(of: Awaited<ReturnType<typeof trainBpe>>): string[] {
  return Object.keys(of.toJSON().model.vocab)
}

test('sentencepiece: gives every text back, byte by byte where it must', async () => {
  const tokenizer = await trainBpe([text], { style: 'sentencepiece', vocabularySize: 320 })
  for (const sample of [text, '  two  spaces ', 'é中😀', '\ttab\nline\r\n', ' ', '']) {
    expect(tokenizer.decode(tokenizer.encode(sample))).toBe(sample)
  }
  const digits = Array.from(tokenizer.encode('123'), (id) => tokenizer.decode([id]))
  expect(digits).toEqual(['1', '2', '3'])
  expect(tokenizer.kind).toBe('bpe')
  expect([...tokenizer.specialTokens]).toEqual([
    ['<s>', 1],
    ['</s>', 2],
  ])
})

test('sentencepiece: a dummy prefix makes a first word like the others, and is gone after decoding', async () => {
  const options = { style: 'sentencepiece' as const, vocabularySize: 300 }
  const tokenizer = await trainBpe(['cat cat cat cat'], { ...options, addPrefixSpace: true })
  const [first, second] = tokenizer.encode('cat cat')
  expect(first).toBe(second)
  expect(tokenizer.decode(tokenizer.encode('cat  cat'))).toBe('cat  cat')
})

test('sentencepiece: without bytes what is rare is unknown', async () => {
  const options = { style: 'sentencepiece' as const, vocabularySize: 40, byteFallback: false }
  const tokenizer = await trainBpe([text], options)
  expect([...tokenizer.encode('éé')]).toEqual([0])
})

test('end-of-word: lower-cases and marks, unless told otherwise', async () => {
  const options = { style: 'end-of-word' as const, vocabularySize: 80 }
  const plain = await trainBpe([text], options)
  expect(plain.decode(plain.encode('The Cat'))).toBe('the cat')
  expect(names(plain)).toContain('cat</w>')
  expect([...plain.encode('日')]).toEqual([0])
  const cased = await trainBpe([text], { ...options, lowercase: false, endOfWord: '@' })
  expect(cased.decode(cased.encode('The cat'))).toBe('The cat')
  expect(names(cased)).toContain('cat@')
  const own = await trainBpe([text], {
    ...options,
    normalizer: null,
    preTokenizer: { type: 'WhitespaceSplit' },
  })
  expect(names(own)).toContain('mat,</w>')
})

test('end-of-word: the alphabet can be limited, and enlarged', async () => {
  const options = { style: 'end-of-word' as const, vocabularySize: 80 }
  const few = await trainBpe([text], { ...options, alphabetLimit: 3 })
  expect(names(few).filter((name) => name.length === 1)).toEqual(['a', 'e', 't'])
  const more = await trainBpe([text], { ...options, alphabetLimit: 3, initialAlphabet: ['é'] })
  expect(names(more).filter((name) => name.length === 1)).toEqual(['a', 't', 'é'])
})

test('special tokens last, in every style', async () => {
  for (const style of ['byte-level', 'end-of-word', 'sentencepiece'] as const) {
    const specialTokens = ['<unk>', '<s>']
    const options = { style, vocabularySize: 320, specialTokensAt: 'end' as const, specialTokens }
    const tokenizer = await trainBpe([text], options)
    const size = tokenizer.vocabularySize
    expect(tokenizer.specialTokens.get('<s>')).toBe(size - 1)
    expect(tokenizer.tokenId('<unk>')).toBe(size - 2)
    expect(tokenizer.decode(tokenizer.encode('the cat'))).toBe('the cat')
  }
})

test('no token is spelled like a special one', async () => {
  for (const style of ['end-of-word', 'sentencepiece'] as const) {
    const specialTokens = ['<unk>', 'cat</w>', '\u2581cat']
    const options = { style, vocabularySize: 330, specialTokens }
    const tokenizer = await trainBpe(['cat cat cat'], options)
    expect([...tokenizer.encode('cat cat')].every((id) => id > 2)).toBe(true)
  }
})

test.each<[TrainBpeOptions, string]>([
  [JSON.parse('{"style":"x","vocabularySize":300}'), "'end-of-word' or 'sentencepiece', got x"],
  [{ style: 'end-of-word', vocabularySize: 20 }, 'vocabularySize of at least'],
  [{ style: 'end-of-word', vocabularySize: 80, endOfWord: '' }, 'endOfWord to be some text'],
  [{ style: 'end-of-word', vocabularySize: 80, alphabetLimit: 0 }, 'alphabetLimit of 1 or more'],
  [{ style: 'end-of-word', vocabularySize: 80, initialAlphabet: ['ab'] }, 'got "ab"'],
  [{ style: 'end-of-word', vocabularySize: 80, maxTokenLength: 1 }, 'maxTokenLength of 2 or more'],
  [
    { style: 'end-of-word', vocabularySize: 80, lowercase: true, normalizer: null },
    'expected lowercase or a normalizer, got both',
  ],
  [{ style: 'end-of-word', vocabularySize: 80, specialTokens: ['a'] }, 'got "a"'],
  [
    { style: 'end-of-word', vocabularySize: 80, preTokenizer: { type: 'Nothing' } },
    'this part of the pipeline is not supported',
  ],
  [{ style: 'sentencepiece', vocabularySize: 260 }, 'vocabularySize of at least'],
  [{ style: 'sentencepiece', vocabularySize: 300, characterCoverage: 0 }, 'characterCoverage'],
  [{ style: 'sentencepiece', vocabularySize: 300, unknown: 'error' }, "got 'error'"],
])('refuses %j', async (options, message) => {
  await expect(trainBpe([text], options)).rejects.toThrow(message)
})
