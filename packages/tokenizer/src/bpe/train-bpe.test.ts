import { expect, test } from 'vitest'
import { trainBpe } from './train-bpe.js'

const text = 'the cat sat on the mat, the cat sat'

async function* later(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts
}

test('gives the same from an array, a generator and an asynchronous one', async () => {
  const options = { vocabularySize: 270 }
  const a = await trainBpe([text, text], options)
  const b = await trainBpe(new Set([`${text}`, `${text} `]).values(), options)
  const c = await trainBpe(later([text, text]), options)
  expect(c.hash).toBe(a.hash)
  expect(b.kind).toBe('bpe')
})

test('depends on the counts alone, not on how the texts are divided or ordered at borders of pieces', async () => {
  const options = { vocabularySize: 280 }
  const whole = await trainBpe(['one two\nthree'], options)
  const parts = await trainBpe(['\nthree', 'one', ' two'], options)
  expect(parts.hash).toBe(whole.hash)
})

test('makes a smaller vocabulary when the text runs out of pairs', async () => {
  expect((await trainBpe(['ab'], { vocabularySize: 1000 })).vocabularySize).toBe(258)
  expect((await trainBpe([], { vocabularySize: 1000 })).vocabularySize).toBe(257)
})

test('puts special tokens first, then bytes, then merges', async () => {
  const tokenizer = await trainBpe(['aab aab'], {
    vocabularySize: 259,
    specialTokens: ['<s>', '</s>'],
  })
  expect([...tokenizer.specialTokens]).toEqual([
    ['<s>', 0],
    ['</s>', 1],
  ])
  expect(tokenizer.decode([2])).toBe('!')
  expect(tokenizer.decode([258])).toBe('aa')
})

test('never merges ordinary text into a special token', async () => {
  const options = { vocabularySize: 270, specialTokens: ['hello', 'Ġhello'] }
  const tokenizer = await trainBpe(['hello hello hello hello'], options)
  const ids = tokenizer.encode('hello hello')
  expect([...ids].every((id) => id > 1)).toBe(true)
  expect(tokenizer.decode(ids)).toBe('hello hello')
})

test('keeps the longest token within maxTokenLength', async () => {
  const tokenizer = await trainBpe(['abcdefgh'.repeat(3)], {
    vocabularySize: 300,
    maxTokenLength: 4,
  })
  const lengths = Array.from(
    { length: tokenizer.vocabularySize },
    (_, id) => tokenizer.tokenBytes(id).length,
  )
  expect(Math.max(...lengths.slice(1))).toBe(4)
})

test('reports progress', async () => {
  const events: string[] = []
  await trainBpe([text, 'abc'], {
    vocabularySize: 259,
    progress: ({ task, done, total, unit }) =>
      events.push(`${task} ${done}/${total ?? '?'} ${unit}`),
  })
  expect(events).toEqual([
    'counting pieces 35/? bytes',
    'counting pieces 38/? bytes',
    'merging 1/2 merges',
    'merging 2/2 merges',
  ])
})

test.each([
  [{ vocabularySize: 256 }, 'vocabularySize from 257 (256 bytes + 1 special tokens)'],
  [{ vocabularySize: 300.5 }, 'got 300.5'],
  [{ vocabularySize: 2 ** 21 + 1 }, 'to 2097152'],
  [{ vocabularySize: 300, specialTokens: ['a'] }, 'got "a", which names a byte'],
  [{ vocabularySize: 300, specialTokens: ['<a>', '<a>'] }, 'got "<a>" twice'],
  [{ vocabularySize: 300, specialTokens: [''] }, 'non-empty text'],
  [{ vocabularySize: 300, specialTokens: ['\ud800x'] }, 'non-empty text'],
  [{ vocabularySize: 300, minFrequency: 0 }, 'minFrequency of 1 or more, got 0'],
  [{ vocabularySize: 300, maxTokenLength: 1 }, 'maxTokenLength of 2 or more, got 1'],
  [{ vocabularySize: 300, workers: -1 }, 'workers to be 0 or more, got -1'],
  [
    { vocabularySize: 300, tieBreaking: JSON.parse('"x"') },
    "tieBreaking to be 'hugging-face' or 'bytes', got x",
  ],
  [
    { vocabularySize: 300, specialTokensAt: JSON.parse('"x"') },
    "specialTokensAt to be 'start' or 'end', got x",
  ],
])('refuses %j', async (options, message) => {
  await expect(trainBpe(['text'], options)).rejects.toThrow(message)
})

test('refuses texts that are none', async () => {
  const options = { vocabularySize: 300 }
  await expect(trainBpe('one text', options)).rejects.toThrow('wrap it: [text]')
  await expect(trainBpe(JSON.parse('[1]'), options)).rejects.toThrow('got number')
  await expect(trainBpe(JSON.parse('5'), options)).rejects.toThrow('iterable of texts, got number')
})

test('takes documents as the readers give them', async () => {
  const options = { vocabularySize: 270 }
  const documents = ['a', 'b'].map((id) => ({ id, text }))
  const tokenizer = await trainBpe(documents, options)
  expect(tokenizer.hash).toBe((await trainBpe([text, text], options)).hash)
})

test('numbers special tokens last where asked to', async () => {
  const options = { vocabularySize: 270, specialTokens: ['<s>', '</s>'] }
  const start = await trainBpe([text], options)
  const end = await trainBpe([text], { ...options, specialTokensAt: 'end' })
  expect(end.vocabularySize).toBe(270)
  expect([...end.specialTokens.values()]).toEqual([268, 269])
  const shifted = Array.from(start.encode(text), (id) => id - 2)
  expect(Array.from(end.encode(text))).toEqual(shifted)
  const small = await trainBpe(['ab'], { ...options, specialTokensAt: 'end' })
  expect([...small.specialTokens.values()]).toEqual([257, 258])
})

test('breaks ties by ids, or by bytes alone', async () => {
  // In the order of ids, "!" comes first and the space among the last.
  const options = { vocabularySize: 258 }
  const merged = async (more: object): Promise<string> => {
    const tokenizer = await trainBpe([' b', '!!'], { ...options, ...more })
    return tokenizer.decode([257])
  }
  expect(await merged({})).toBe('!!')
  expect(await merged({ tieBreaking: 'bytes' })).toBe(' b')
})
