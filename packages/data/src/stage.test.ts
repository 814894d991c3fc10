import { expect, test } from 'vitest'
import { collect, pipe, type Stage } from './stage.js'

/** Numbers without end, and whether they were asked for and closed. */
function numbers() {
  const state = { given: 0, closed: 0 }
  async function* source() {
    try {
      for (;;) yield state.given++
    } finally {
      state.closed++
    }
  }
  return { state, source: source() }
}

const double: Stage<number> = async function* (input) {
  for await (const n of input) yield 2 * n
}

/** Iterates by hand and forgets to close what it reads. */
const careless: Stage<number> = (input) => ({
  [Symbol.asyncIterator]() {
    const iterator = input[Symbol.asyncIterator]()
    return { next: () => iterator.next() }
  },
})

test('nothing is read before the stream is iterated, and then one item at a time', async () => {
  const { state, source } = numbers()
  const stream = pipe(source, double, double)
  expect(state.given).toBe(0)
  const iterator = stream[Symbol.asyncIterator]()
  expect(await iterator.next()).toEqual({ done: false, value: 0 })
  expect(await iterator.next()).toEqual({ done: false, value: 4 })
  expect(state.given).toBe(2)
  await iterator.return?.()
  expect(state.closed).toBe(1)
})

test.each([
  ['stages that pass the end on', double],
  ['a stage that does not', careless],
])('stopping early closes the source behind %s', async (_, stage) => {
  const { state, source } = numbers()
  for await (const n of pipe(source, double, stage, double)) if (n > 20) break
  expect(state.closed).toBe(1)
})

test('a failing stage closes the source, and its error comes out', async () => {
  const { state, source } = numbers()
  const failing: Stage<number> = async function* (input) {
    for await (const n of input) {
      if (n === 3) throw new Error('three')
      yield n
    }
  }
  await expect(collect(pipe(source, failing, double))).rejects.toThrow('three')
  expect(state.closed).toBe(1)
})

test('a consumer that throws closes the source', async () => {
  const { state, source } = numbers()
  await expect(async () => {
    for await (const n of pipe(source, careless)) if (n === 2) throw new Error('enough')
  }).rejects.toThrow('enough')
  expect(state.closed).toBe(1)
})

test('an array can be read twice, a set once per iteration, without stages too', async () => {
  const stream = pipe(new Set([1, 2]), double)
  expect(await collect(stream)).toEqual([2, 4])
  expect(await collect(stream)).toEqual([2, 4])
  expect(await collect(pipe([1]))).toEqual([1])
})

test('the iterator of a plain iterable is closed too', async () => {
  let closed = false
  function* source() {
    try {
      for (;;) yield 1
    } finally {
      closed = true
    }
  }
  for await (const _ of pipe(source(), double)) break
  expect(closed).toBe(true)
})
