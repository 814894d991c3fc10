import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cut } from '../../test/cut.js'
import { collect } from '../stage.js'
import { parseHttp } from './http-message.js'
import type { ReadError } from './read-error.js'
import { readWarc } from './read-warc.js'
import { warcRecords } from './warc-records.js'

const fixtures = new URL('../../test/fixtures/', import.meta.url)

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'data-warc-'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function read(content: Uint8Array | string, options = {}, name = 'x.warc') {
  await writeFile(join(cwd, name), content)
  const errors: string[] = []
  const onError = (error: ReadError): void => {
    errors.push(`${error.record}: ${error.message.replace(/^.*?: .*?: /, '')}`)
  }
  const documents = await collect(readWarc(name, { cwd, onError, ...options }))
  return { texts: documents.map((document) => document.text), errors, documents }
}

/** A conversion record; `length` replaces the true Content-Length. */
function record(text: string, length: number | string = Buffer.byteLength(text)): string {
  return (
    `WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:${text.slice(0, 4)}>\r\n` +
    `Content-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${text}\r\n\r\n`
  )
}

describe('files written by Python warcio', () => {
  const html = '<!doctype html><title>é</title><p>Zwölf Boxkämpfer'

  test.each(['pages.warc', 'pages.warc.gz'])('%s', async (name) => {
    const documents = await collect(readWarc(name, { cwd: new URL('.', fixtures).pathname }))
    expect(documents.map((d) => [Number(d.id.slice(-13, -1)), d.url, d.mediaType, d.text])).toEqual(
      [
        [2, 'http://a.example/', 'text/html', html],
        // Chunked, gzipped, both, deflated.
        [3, 'http://b.example/', 'text/html', html],
        [4, 'http://c.example/', 'text/html', html],
        [5, 'http://d.example/', 'text/html', html],
        [6, 'http://e.example/', 'text/html', html],
        // The encoding from the header, and from the page.
        [7, 'http://f.example/', 'text/html', '<p>naïve “quotes” €'],
        [8, 'http://g.example/', 'text/html', '<meta charset="shift_jis"><p>東京'],
        [11, 'http://j.example/', undefined, 'Kurzer Text, 東京.\n'],
        [12, 'file:///k.md', 'text/markdown', '# Title\n'],
        [14, 'http://l.example/', 'text/html', html],
      ],
    )
    expect(documents[0]).toEqual({
      id: '<urn:uuid:00000000-0000-0000-0000-000000000002>',
      text: html,
      mediaType: 'text/html',
      source: name,
      url: 'http://a.example/',
      metadata: {
        date: '2026-01-02T03:04:05Z',
        contentType: 'text/html; charset=utf-8',
        status: 200,
      },
    })
    expect(documents[7]?.metadata).toMatchObject({ language: 'deu,jpn' })
  })

  test('the gzipped file has a member per record', async () => {
    const packed = await readFile(new URL('pages.warc.gz', fixtures))
    let members = 0
    for (let at = 0; at !== -1; at = packed.indexOf(Buffer.from([0x1f, 0x8b, 8]), at + 1)) members++
    expect(members).toBeGreaterThanOrEqual(15)
    expect(gunzipSync(packed).includes('WARC-Type: warcinfo')).toBe(true)
  })

  test('records do not depend on how the bytes are cut', async () => {
    const bytes = await readFile(new URL('pages.warc', fixtures))
    const all = async (sizes: readonly number[]) => {
      const records = warcRecords(cut(bytes, sizes), {
        maxBytes: 1e6,
        wanted: () => true,
        onRecord: () => {},
        onBroken: (_, problem) => expect.unreachable(problem),
      })
      return (await collect(records)).map(({ number, headers, body }) => [
        number,
        [...headers],
        Buffer.from(body ?? []).toString('latin1'),
      ])
    }
    const whole = await all([bytes.length])
    expect(whole).toHaveLength(15)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }),
        async (sizes) => {
          expect(await all(sizes)).toEqual(whole)
        },
      ),
      { seed: 1, numRuns: 40 },
    )
  })
})

describe('broken records', () => {
  test.each([
    ['too small', 2, '2: expected two line ends after the block of Content-Length 2'],
    ['too large', 9, '2: expected two line ends after the block of Content-Length 9'],
    ['beyond the end', 9999, '2: unexpected end of file: Content-Length 9999, got '],
    ['negative', -1, '2: expected a Content-Length, got -1'],
    ['not a number', '1e3', '2: expected a Content-Length, got 1e3'],
    ['missing', '', '2: expected a Content-Length, got '],
  ])('a Content-Length that is %s loses one record', async (_, length, problem) => {
    const content = record('one') + record('two', length) + record('three') + record('four')
    const { texts, errors } = await read(content)
    expect(texts).toEqual(['one', 'three', 'four'])
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(problem)
  })

  test('a length beyond what is kept is passed over', async () => {
    const { texts, errors } = await read(
      record('one') + record('x'.repeat(100_000)) + record('three'),
      { maxDocumentBytes: 1000 },
    )
    expect(texts).toEqual(['one', 'three'])
    expect(errors).toEqual(['2: expected at most 1000 bytes, got more'])
  })

  test('rubbish between records', async () => {
    const { texts, errors } = await read(`${record('one')}rubbish\nmore\n${record('two')}`)
    expect(texts).toEqual(['one', 'two'])
    expect(errors).toEqual(['2: expected a line with WARC/1.0 or WARC/1.1, got other bytes'])
  })

  test('a header without end does not fill the memory', async () => {
    const { texts, errors } = await read(
      `WARC/1.0\r\nX: ${'y'.repeat(200_000)}\r\n${record('after')}`,
    )
    expect(texts).toEqual(['after'])
    expect(errors).toEqual(['1: expected a record header of at most 65536 bytes, got no end'])
  })

  test('a file cut anywhere gives the records before the cut', async () => {
    const content = Buffer.from(record('one') + record('two') + record('three'))
    for (let length = 1; length < content.length; length++) {
      const { texts, errors } = await read(content.subarray(0, length))
      const complete = ['one', 'two', 'three'].slice(0, texts.length)
      expect(texts).toEqual(complete)
      // A cut in the two line ends after a record loses nothing that was announced.
      if (errors.length > 0) expect(errors).toHaveLength(1)
      else expect(content.subarray(0, length).toString()).toMatch(/(one|two|three)(\r\n?){0,2}$/)
    }
  })

  test('lines may end with \\n alone', async () => {
    const { texts, errors } = await read((record('one') + record('two')).replaceAll('\r\n', '\n'))
    expect([texts, errors]).toEqual([['one', 'two'], []])
  })

  test('an empty file', async () => {
    expect((await read('')).errors).toEqual(['0: expected content, got an empty file'])
    expect((await read(gzipSync(''))).errors).toEqual(['0: expected at least one record, got none'])
  })

  test('a break in the compression ends the file, with the record', async () => {
    const members = [record('one'), record('two'), record('three')].map((r) => gzipSync(r))
    const { texts, errors } = await read(
      Buffer.concat([members[0]!, members[1]!, members[2]!.subarray(0, 40)]),
    )
    expect(texts).toEqual(['one', 'two'])
    expect(errors).toEqual(['3: unexpected end of file'])
  })

  test('flipped bytes end in records or errors', async () => {
    const content = await readFile(new URL('pages.warc', fixtures))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: content.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const broken = Uint8Array.from(content)
          broken[at] = (broken[at] ?? 0) ^ flip
          const { texts, errors } = await read(broken)
          expect(texts.length).toBeGreaterThanOrEqual(8)
          expect(errors.length).toBeLessThanOrEqual(2)
        },
      ),
      { seed: 1, numRuns: 100 },
    )
  })
})

describe('HTTP bodies', () => {
  const message = (headers: string, body: string | Uint8Array) =>
    Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`), Buffer.from(body)])
  const body = (headers: string, bytes: string | Uint8Array, truncated = false) =>
    Buffer.from(parseHttp(message(headers, bytes), 1000, truncated).body).toString()

  test('codings', () => {
    expect(body('Content-Encoding: br', brotliCompressSync('hello'))).toBe('hello')
    expect(body('Content-Encoding: deflate', deflateRawSync('hello'))).toBe('hello')
    expect(body('Content-Encoding: gzip', 'hello')).toBe('hello')
    expect(body('Content-Encoding: gzip, br', brotliCompressSync(gzipSync('hello')))).toBe('hello')
    expect(() => body('Content-Encoding: rot13', 'uryyb')).toThrow(
      'gzip, deflate or br, got "rot13"',
    )
    expect(() => body('Content-Encoding: br', 'hello')).toThrow('expected a body coded as br')
  })

  test('a bomb is bounded', () => {
    expect(() => body('Content-Encoding: gzip', gzipSync(Buffer.alloc(1e7)))).toThrow(
      'expected at most 1000 bytes, got more',
    )
    expect(() => body('Content-Encoding: br', brotliCompressSync(Buffer.alloc(1e7)))).toThrow(
      'expected at most 1000 bytes, got more',
    )
  })

  test('chunks', () => {
    const chunked = 'Transfer-Encoding: chunked'
    expect(body(chunked, '5;a=b\r\nhello\r\nA\r\n, wide wor\r\n0\r\n\r\n')).toBe('hello, wide wor')
    expect(body(chunked, '5\nhello\n0\n\n')).toBe('hello')
    expect(body(chunked, 'not chunked')).toBe('not chunked')
    expect(() => body(chunked, '5\r\nhello\r\nxyz')).toThrow('expected a chunk at byte 10')
    expect(() => body(chunked, '5\r\nhello\r\nFFFFFFFF\r\nx')).toThrow(
      'expected a chunk at byte 10',
    )
  })

  test('of a body the crawler cut short, what is there is used', () => {
    expect(body('Transfer-Encoding: chunked', '5\r\nhello\r\nff\r\nwor', true)).toBe('hellowor')
    expect(body('Transfer-Encoding: chunked', '5\r\nhello', true)).toBe('hello')
    const packed = gzipSync('hello '.repeat(100)).subarray(0, -8)
    expect(body('Content-Encoding: gzip', packed, true)).toBe('hello '.repeat(100))
    expect(() => body('Content-Encoding: gzip', packed)).toThrow('expected a body coded as gzip')
  })

  test('what is no response', () => {
    expect(() => parseHttp(Buffer.from('nonsense'), 10)).toThrow('expected an HTTP response')
    expect(() => parseHttp(Buffer.from('HTTP/1.1 200 OK\r\nA: b'), 10)).toThrow('expected an HTTP')
  })
})
