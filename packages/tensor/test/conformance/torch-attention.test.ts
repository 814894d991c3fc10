import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rotary, selfAttention, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles } from './check.js'

interface Run {
  readonly y: number[]
  readonly gradient: number[]
}

interface Fixture extends Record<'interleaved' | 'split', Run> {
  readonly sizes: Record<'B' | 'T' | 'H' | 'KV' | 'D' | 'window' | 'base' | 'turned', number>
  readonly qkv: number[]
  readonly dy: number[]
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/attention.json', import.meta.url), 'utf8'),
)

onEveryBackend('rotary positions and grouped heads within a window', () => {
  it.each(['interleaved', 'split'] as const)('are those of PyTorch (pairs %s)', async (pairs) => {
    const { B, T, H, KV, D, window, base, turned } = fixture.sizes
    const qkv = tf.tensor3d(fixture.qkv, [B, T, (H + 2 * KV) * D])
    const dy = tf.tensor3d(fixture.dy, [B, T, H * D])
    const interleaved = pairs === 'interleaved'
    const options = { headSize: D, turned: H + KV, rotaryDims: turned, base, interleaved }
    const op = (x: tf.Tensor) =>
      selfAttention(rotary(x, options), { nHeads: H, nKvHeads: KV, window })
    const expected = fixture[pairs]
    expect(difference(await doubles(op(qkv)), expected.y)).toBeLessThan(1e-5)
    const gradient = tf.grad(op)(qkv, dy)
    expect(difference(await doubles(gradient), expected.gradient)).toBeLessThan(1e-5)
  })
})

/** The largest difference, relative to the largest number expected. */
function difference(found: number[], expected: number[]): number {
  expect(found.length).toBe(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...found.map((v, i) => Math.abs(v - (expected[i] ?? Number.NaN)))) / largest
}
