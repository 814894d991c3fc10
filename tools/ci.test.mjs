import { expect, test } from 'vitest'
import { summarize } from './ci.mjs'

const row = (/** @type {boolean} */ ok) => ({ name: 'a', ok, seconds: 1, note: '' })
const counts = (/** @type {number} */ passed, /** @type {number} */ failed) => ({
  passed,
  failed,
  skipped: 1,
})

test('adds tests and checks', () => {
  expect(summarize({ vitest: counts(10, 0), cargo: counts(5, 0) }, [row(true), row(true)])).toEqual(
    {
      ok: true,
      line: '17 passed, 0 failed',
    },
  )
})

test('fails for a test, for a check, and when no test ran', () => {
  expect(summarize({ vitest: counts(10, 1) }, [row(true)])).toEqual({
    ok: false,
    line: '11 passed, 1 failed',
  })
  expect(summarize({ vitest: counts(10, 0) }, [row(false)])).toEqual({
    ok: false,
    line: '10 passed, 1 failed',
  })
  expect(summarize({}, [row(true)])).toEqual({ ok: false, line: '1 passed, 1 failed' })
  expect(summarize({ vitest: counts(0, 0) }, [row(true)])).toEqual({
    ok: false,
    line: '1 passed, 1 failed',
  })
})
