import { expect, test } from 'vitest'
import { checkSpecialTokens } from './special-tokens.js'

test('special tokens are distinct and well-formed', () => {
  checkSpecialTokens('f', ['<s>', '</s>'])
  expect(() => checkSpecialTokens('f', ['<s>', '<s>'])).toThrow(
    'f: expected distinct special tokens, got "<s>" twice',
  )
  expect(() => checkSpecialTokens('f', [''])).toThrow('f: expected special tokens to be non-empty')
  expect(() => checkSpecialTokens('f', ['\ud800'])).toThrow('f: expected special tokens to be')
})
