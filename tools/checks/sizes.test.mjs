import { expect, test } from 'vitest'
import { judgeSizes } from './sizes.mjs'

test('judges what size-limit answers', () => {
  const { problems, detail } = judgeSizes([
    { name: 'small', passed: true, size: 900, sizeLimit: 1000 },
    { name: 'large', passed: false, size: 1100, sizeLimit: 1000 },
    { name: 'missing', passed: true, size: -16 },
  ])
  expect(problems).toEqual([
    'large: 1100 bytes, at most 1000 are allowed',
    'missing: nothing to weigh; build first',
  ])
  expect(detail).toContain('small 0.9 kB')
})
