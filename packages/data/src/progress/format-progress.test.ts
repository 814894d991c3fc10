import { expect, test } from 'vitest'
import { formatDuration, formatProgress } from './format-progress.js'

test.each([
  [
    { task: 'cleaning', done: 1234, total: 5000, unit: 'documents' },
    100,
    0,
    'cleaning  1,234 of 5,000 documents  24%  12.3 documents/s  5 min 05 s left',
  ],
  [{ task: 't', done: 0, total: 10, unit: 'steps' }, 0, 0, 't  0 of 10 steps  0%'],
  [{ task: 't', done: 7, unit: 'files' }, 2, 0, 't  7 files  3.50 files/s'],
  [
    { task: 'resumed', done: 90, total: 100, unit: 'steps' },
    10,
    80,
    'resumed  90 of 100 steps  90%  1 steps/s  10 s left',
  ],
  [
    { task: 'read', done: 1_500_000, total: 2_000_000_000, unit: 'bytes' },
    1,
    0,
    'read  1.50 MB of 2 GB  0%  1.50 MB/s  22 min 12 s left',
  ],
  [
    { task: 'w', done: 12_345_678, total: 12_345_678, unit: 'tokens' },
    4,
    0,
    'w  12,345,678 tokens  done in 4.0 s  3,086,420 tokens/s',
  ],
  [{ task: 'a\u001b[2J\nb', done: 0, unit: 'x\r' }, 0, 0, 'a?[2J?b  0 x?'],
])('formatProgress(%j) after %d s', (update, seconds, since, line) => {
  expect(formatProgress(update, seconds, since)).toBe(line)
})

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [3599.7, '1 h 00 min'],
  [7500, '2 h 05 min'],
  [100 * 3600, '100 h 00 min'],
])('formatDuration(%d) is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test('sizes go up to the next unit before they need four digits', () => {
  const shown = (done: number): string =>
    formatProgress({ task: '', done, unit: 'bytes' }, 0).trim()
  expect([999, 1000, 999_499, 999_500, 1e15].map(shown)).toEqual([
    '999 bytes',
    '1 kB',
    '999 kB',
    '1.00 MB',
    '1,000 TB',
  ])
})
