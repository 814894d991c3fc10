import { spawnSync } from 'node:child_process'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { baselines } from './baselines.js'
import { byLibrary, byProgram } from './xz.js'

const words = 'It was the best of times, it was the worst of times. '
const training = [words.repeat(40)]
const validation = [words.repeat(20), 'Another one: the worst of the best.']

describe('baselines', () => {
  it('measures the five, and longer contexts do better on text like the training text', async () => {
    const found = await baselines(training, validation)
    expect(found.map(({ name }) => name)).toEqual([
      'characters, order 0',
      'characters, order 1',
      'characters, order 2',
      'gzip -9',
      'xz -9',
    ])
    const [order0, order1, order2] = found.map(({ bitsPerByte }) => bitsPerByte ?? Number.NaN)
    expect(order0).toBeGreaterThan(order1!)
    expect(order1).toBeGreaterThan(order2!)
  })

  it('counts the bits of the gzip file over the bytes of the text', async () => {
    const found = await baselines(training, validation)
    const file = gzipSync(Buffer.from(`${validation[0]}\0${validation[1]}\0`), { level: 9 })
    expect(gunzipSync(file).length).toBe(validation.join('').length + 2)
    const expected = (8 * file.length) / validation.join('').length
    expect(found.find(({ name }) => name === 'gzip -9')?.bitsPerByte).toBeCloseTo(expected, 10)
  })

  it('makes xz files exactly as large as the xz program does', async ({ skip }) => {
    if (spawnSync('xz', ['--version']).error !== undefined) skip('no xz program here')
    const data = Buffer.from(training.join('') + validation.join(''))
    expect(await byLibrary(data)).toBe(await byProgram(data))
  })
})
