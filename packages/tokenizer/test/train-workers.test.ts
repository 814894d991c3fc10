import { expect, test } from 'vitest'
import { type TrainBpeOptions, trainBpe } from '../src/index.js'

// Threads run the build: dist must be there.
const words = Array.from({ length: 20_000 }, (_, i) => `w${(i * 7919) % 3011} é中${i % 7}\n`)
/** More than one chunk of texts, so that several threads count. */
const texts = Array.from({ length: 75 }, (_, i) => words.slice(i * 50).join(' '))

const styles: TrainBpeOptions[] = [
  { vocabularySize: 400 },
  { vocabularySize: 400, style: 'sentencepiece' },
]

test.each(styles)('the same tokenizer for any number of workers: %j', async (options) => {
  expect(texts.join('').length).toBeGreaterThan(3 * (1 << 22))
  const alone = await trainBpe(texts, options)
  for (const workers of [1, 3]) {
    const done: number[] = []
    const progress: TrainBpeOptions['progress'] = ({ task, done: bytes }) => {
      if (task === 'counting pieces') done.push(bytes)
    }
    const together = await trainBpe(texts, { ...options, workers, progress })
    expect(together.hash).toBe(alone.hash)
    expect(done.at(-1)).toBe(Buffer.byteLength(texts.join('')))
  }
})

test('a text that is none is an error there too', async () => {
  const broken = JSON.parse('["a", 5]')
  const options = { vocabularySize: 300, workers: 1 }
  await expect(trainBpe(broken, options)).rejects.toThrow('got number')
})
