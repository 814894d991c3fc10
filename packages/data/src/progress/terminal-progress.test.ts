import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { terminalProgress } from './terminal-progress.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('rewrites one line on a terminal, at most once per interval', () => {
  const stream = screen(true)
  const progress = terminalProgress({ stream, interval: 100 })
  for (let done = 0; done <= 10; done++) {
    progress({ task: 'counting', done, total: 10, unit: 'steps' })
    vi.advanceTimersByTime(60)
  }
  progress.end()
  expect(stream.written.filter((text) => text.startsWith('\r')).length).toBe(6)
  expect(stream.written.join('').match(/\n/g)?.length).toBe(1)
  expect(stream.written.at(-1)).toBe('\r\u001b[Kcounting  10 steps  done in 0.6 s  16.7 steps/s\n')
})

test('writes one line per interval elsewhere, and one at the end', () => {
  const stream = screen(false)
  const progress = terminalProgress({ stream, interval: 1000 })
  for (let done = 0; done <= 5; done++) {
    progress({ task: 'counting', done, total: 5, unit: 'steps' })
    vi.advanceTimersByTime(400)
  }
  expect(stream.written).toEqual([
    'counting  3 of 5 steps  60%  2.50 steps/s  0.8 s left\n',
    'counting  5 steps  done in 2.0 s  2.50 steps/s\n',
  ])
})

test('is silent when asked to be', () => {
  const stream = screen(true)
  const progress = terminalProgress({ stream, quiet: true })
  progress({ task: 't', done: 1, total: 1, unit: 'x' })
  progress({ task: 't', done: 1, unit: 'x' })
  progress.end()
  expect(stream.written).toEqual([])
})

test('shows tasks side by side, cut to the width, and lets go of one that went silent', () => {
  const stream = screen(true, 40)
  const progress = terminalProgress({ stream, interval: 100 })
  progress({ task: 'reading', done: 1, unit: 'files' })
  progress({ task: 'writing', done: 1, unit: 'documents' })
  vi.advanceTimersByTime(200)
  progress({ task: 'writing', done: 2, unit: 'documents' })
  expect(stream.written.at(-1)).toBe('\rreading  1 files  |  writing  2 documen\u001b[K')
  vi.advanceTimersByTime(1500)
  progress({ task: 'writing', done: 3, unit: 'documents' })
  expect(stream.written.slice(-2)).toEqual([
    '\r\u001b[Kreading  1 files\n',
    '\rwriting  3 documents  1.18 documents/s\u001b[K',
  ])
})

test('end leaves the last state of an unfinished task', () => {
  const stream = screen(false)
  const progress = terminalProgress({ stream })
  progress({ task: 't', done: 3, total: 9, unit: 'x' })
  expect(stream.written).toEqual([])
  progress.end()
  progress.end()
  expect(stream.written).toEqual(['t  3 of 9 x  33%\n'])
})

function screen(isTTY: boolean, columns = 100) {
  const written: string[] = []
  return { isTTY, columns, written, write: (text: string) => written.push(text) }
}
