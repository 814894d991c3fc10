import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRuns } from './run-lengths.js'

/** The encoding written the plain way: each run as given. */
function encode(runs: readonly { packed: boolean; values: readonly number[] }[], width: number) {
  const bytes: number[] = []
  for (const { packed, values } of runs) {
    const header = packed ? (values.length / 8) * 2 + 1 : values.length * 2
    for (let rest = header; ; rest = Math.floor(rest / 128)) {
      bytes.push(rest > 127 ? (rest % 128) + 128 : rest)
      if (rest <= 127) break
    }
    if (packed) {
      const bits = values.flatMap((value) =>
        Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** i) % 2),
      )
      for (let at = 0; at < bits.length; at += 8) {
        bytes.push(bits.slice(at, at + 8).reduce((sum, bit, i) => sum + bit * 2 ** i, 0))
      }
    } else {
      for (let i = 0; i < (width + 7) >> 3; i++) {
        bytes.push(Math.floor((values[0] ?? 0) / 256 ** i) % 256)
      }
    }
  }
  return Uint8Array.from(bytes)
}

test('reads what was encoded, of every width', () => {
  const runs = fc.integer({ min: 1, max: 32 }).chain((width) => {
    const value = fc.integer({ min: 0, max: 2 ** width - 1 })
    const run = fc.oneof(
      fc.tuple(value, fc.integer({ min: 1, max: 300 })).map(([one, times]) => ({
        packed: false,
        values: Array.from({ length: times }, () => one),
      })),
      fc
        .integer({ min: 1, max: 5 })
        .chain((groups) => fc.array(value, { minLength: groups * 8, maxLength: groups * 8 }))
        .map((values) => ({ packed: true, values })),
    )
    return fc.tuple(fc.constant(width), fc.array(run, { minLength: 1, maxLength: 6 }))
  })
  fc.assert(
    fc.property(runs, ([width, list]) => {
      const values = list.flatMap((run) => run.values)
      expect([...decodeRuns(encode(list, width), width, values.length)]).toEqual(values)
    }),
    { seed: 1 },
  )
})

test('a run longer than its page is refused before it is written', () => {
  const long = Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 1])
  expect(() => decodeRuns(long, 1, 10)).toThrow('got one of 2147483647')
  expect(() => decodeRuns(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 1]), 1, 10)).toThrow(
    'expected runs of 10 values',
  )
  expect(() => decodeRuns(Uint8Array.from([0, 1]), 1, 10)).toThrow('got one of 0')
  expect(() => decodeRuns(Uint8Array.from([4, 1]), 1, 10)).toThrow('expected more values')
  expect(() => decodeRuns(Uint8Array.from([20]), 1, 10)).toThrow('expected more values')
})
