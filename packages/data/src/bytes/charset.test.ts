import { expect, test } from 'vitest'
import { charsetOf, decodeHtml } from './charset.js'
import { decodeUtf8 } from './decode.js'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

test('the byte order mark comes first, then what was sent, then the page, then UTF-8', () => {
  expect(decodeHtml(Buffer.from('\ufeffé'), 'latin1')).toBe('é')
  expect(decodeHtml(Buffer.from('\ufeffé', 'utf16le'), 'utf-8')).toBe('é')
  expect(decodeHtml(Buffer.from([0xfe, 0xff, 0, 0xe9]))).toBe('é')
  expect(decodeHtml(latin1('<meta charset=utf-8>\xe9'), 'latin1')).toBe('<meta charset=utf-8>é')
  expect(decodeHtml(latin1('<meta charset="windows-1251">\xe9'))).toBe(
    '<meta charset="windows-1251">й',
  )
  expect(
    decodeHtml(latin1('<META http-equiv=Content-Type content="text/html; charset=koi8-r">\xe9')),
  ).toContain('И')
  expect(decodeHtml(Buffer.from('é'))).toBe('é')
})

test('a meta in a comment or too far down does not count, and one that claims UTF-16 means UTF-8', () => {
  expect(() => decodeHtml(latin1('<!-- <meta charset=latin1> -->\xe9'))).toThrow('expected UTF-8')
  expect(() => decodeHtml(latin1(`${' '.repeat(1024)}<meta charset=latin1>\xe9`))).toThrow(
    'expected UTF-8, got other bytes at offset 1045',
  )
  expect(decodeHtml(Buffer.from('<meta charset=utf-16>é'))).toBe('<meta charset=utf-16>é')
})

test('latin1 is windows-1252, as in browsers', () => {
  expect(decodeHtml(latin1('\x80 \x93quoted\x94 \xe9'), 'ISO-8859-1')).toBe('€ “quoted” é')
  expect(decodeHtml(latin1('\x81'), 'latin1')).toBe('\x81')
})

test('wrong bytes and unknown encodings are errors', () => {
  expect(() => decodeHtml(latin1('\xff'), 'shift_jis')).toThrow('expected shift_jis')
  expect(() => decodeHtml(latin1('a'), 'klingon')).toThrow(
    'known character encoding, got "klingon"',
  )
})

test('a truncated page loses at most its last character', () => {
  const bytes = Buffer.from('Wörter 東京').subarray(0, -1)
  expect(() => decodeHtml(bytes)).toThrow('expected UTF-8')
  expect(decodeHtml(bytes, undefined, true)).toBe('Wörter 東')
})

test('the offset of the first wrong byte is found', () => {
  expect(() => decodeUtf8(latin1('abc\xffdef'))).toThrow('at offset 3')
  expect(() => decodeUtf8(Buffer.concat([Buffer.from('東京'), latin1('\xc3')]))).toThrow(
    'at offset 6',
  )
  // Half a surrogate pair: the second byte is the first that cannot follow.
  expect(() => decodeUtf8(Buffer.from([0xed, 0xa0, 0x80]))).toThrow('at offset 1')
})

test('charset parameters', () => {
  expect(charsetOf('text/html')).toBeUndefined()
  expect(charsetOf("text/html;charset = 'utf-8'")).toBe('utf-8')
})
