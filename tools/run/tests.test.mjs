import { expect, test } from 'vitest'
import { cargoCounts } from './tests.mjs'

test('adds up the results of several test binaries', () => {
  const output = [
    'running 3 tests',
    'test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s',
    'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s',
  ].join('\n')
  expect(cargoCounts(output)).toEqual({ passed: 4, failed: 2, skipped: 1 })
})
