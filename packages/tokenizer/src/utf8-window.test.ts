import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Utf8Window } from './utf8-window.js'

/** All bytes shown, when each time only what `consume` says is worked off. */
function read(window: Utf8Window, text: string, consume: (end: number) => number): Uint8Array {
  const parts: Uint8Array[] = []
  let done = 0
  window.open(text)
  do {
    done = window.last ? window.end : consume(window.end)
    parts.push(window.bytes.slice(0, done))
  } while (window.advance(done))
  return Buffer.concat(parts)
}

test('shows the text as UTF-8, lone surrogates as U+FFFD, however much is worked off each time', () => {
  const window = new Utf8Window()
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('\ud83d', '\ude00', '😀', 'a'),
  )
  fc.assert(
    fc.property(
      fc.string({ unit, maxLength: 20 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 9 }),
      (seed, times, keep) => {
        const text = seed.repeat(times)
        const shown = read(window, text, (end) => Math.max(0, end - keep))
        expect(Buffer.compare(shown, new TextEncoder().encode(text))).toBe(0)
      },
    ),
    { numRuns: 40 },
  )
})

test('grows for a piece that is longer than the window, and shrinks again', () => {
  const window = new Utf8Window()
  const text = 'a'.repeat(1_000_000)
  expect(read(window, text, () => 0).length).toBe(1_000_000)
  expect(window.bytes.length).toBeLessThan(100_000)
})

test('keeps a surrogate pair whole where the window ends', () => {
  const window = new Utf8Window()
  for (let before = 65_525; before < 65_560; before++) {
    const text = `${'a'.repeat(before)}😀${'b'.repeat(70_000)}`
    const shown = read(window, text, (end) => end)
    expect(Buffer.compare(shown, new TextEncoder().encode(text))).toBe(0)
  }
})
