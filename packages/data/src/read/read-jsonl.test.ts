import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Document } from '../document.js'
import { collect } from '../stage.js'
import type { ReadError } from './read-error.js'
import { readJsonl } from './read-jsonl.js'

const fixtures = new URL('../../test/fixtures/', import.meta.url)

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'data-jsonl-'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

/** Writes a file, reads it, gives the documents' texts and the errors as `record: problem`. */
async function read(content: string | Uint8Array, options = {}, name = 'x.jsonl') {
  await writeFile(join(cwd, name), content)
  const errors: string[] = []
  const onError = (error: ReadError): void => {
    expect(error.file).toBe(name)
    expect(error.message).toContain(`readJsonl: ${name}`)
    errors.push(`${error.record}: ${error.message.replace(/^.*?: .*?: /, '')}`)
  }
  const documents = await collect(readJsonl(name, { cwd, onError, ...options }))
  return { texts: documents.map((document) => document.text), errors, documents }
}

describe('files written by Python, zstandard and gzip', () => {
  test.each(['plain.jsonl', 'members.jsonl.gz', 'frames.jsonl.zst'])('%s', async (name) => {
    const expected: unknown = JSON.parse(
      await readFile(new URL('documents.json', fixtures), 'utf8'),
    )
    const cwd = new URL('.', fixtures).pathname
    const documents = await collect(readJsonl(name, { cwd }))
    const flat = documents.map(({ source, metadata, ...known }) => {
      expect(source).toBe(name)
      return { ...known, ...metadata }
    })
    expect(flat).toEqual(expected)
  })
})

test('known fields are taken when they are strings, all else is metadata', async () => {
  const { documents } = await read(
    [
      '{"text":"a","id":7,"url":null,"license":["MIT"],"mediaType":"text/html","extra":{"deep":[1]}}',
      '{"text":"b","id":"two","source":"book","metadata":{"year":1999},"lang":"en"}',
      '{"text":"c","id":"three","metadata":{"lang":"en"},"lang":"de"}',
      '{"text":"d","id":"four","metadata":null}',
    ].join('\n'),
  )
  expect(documents).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      text: 'a',
      mediaType: 'text/html',
      source: 'x.jsonl',
      metadata: { id: 7, license: ['MIT'], extra: { deep: [1] } },
    },
    { id: 'two', text: 'b', source: 'book', metadata: { year: 1999, lang: 'en' } },
    // Laid out flat, one of the two would be lost.
    {
      id: 'three',
      text: 'c',
      source: 'x.jsonl',
      metadata: { metadata: { lang: 'en' }, lang: 'de' },
    },
    { id: 'four', text: 'd', source: 'x.jsonl' },
  ])
})

test('other field names', async () => {
  const line = '{"content":"a","key":"k","text":3}'
  const { documents } = await read(line, { textField: 'content', idField: 'key' })
  expect(documents).toEqual([{ id: 'k', text: 'a', source: 'x.jsonl', metadata: { text: 3 } }])
})

test('a broken line is reported with its number, and reading goes on', async () => {
  const { texts, errors } = await read(
    Buffer.concat([
      Buffer.from(
        '\ufeff{"text":"first"}\r\n   \r\n{"text":1}\n{"no":"text"}\n["text"]\nnull\n{"text":\n',
      ),
      Buffer.from([0x7b, 0xff, 0x7d, 10]),
      Buffer.from('{"text":"x","__proto__":{"polluted":1}}\n{"text":"x","a":[{"__proto__":1}]}\n'),
      Buffer.from('{"text":"\ufeffkept"}\n{"text":"last"}'),
    ]),
  )
  expect(texts).toEqual(['first', '\ufeffkept', 'last'])
  expect(errors).toEqual([
    '3: expected a string in field "text", got a number',
    '4: expected a string in field "text", got no such field',
    '5: expected a JSON object, got an array',
    '6: expected a JSON object, got null',
    '7: Unexpected end of JSON input',
    '8: expected UTF-8, got other bytes at offset 1',
    '9: expected no field called "__proto__", got one',
    '10: expected no field called "__proto__", got one',
  ])
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('an empty file is an error, also when it is compressed; blank lines are not', async () => {
  expect((await read('')).errors).toEqual(['0: expected content, got an empty file'])
  const packed = await read(gzipSync(''), {}, 'x.jsonl.gz')
  expect(packed.errors).toEqual(['0: expected at least one line, got no bytes'])
  expect(await read('\n\n')).toMatchObject({ texts: [], errors: [] })
})

test('a line longer than allowed is passed over', async () => {
  const long = `{"text":"${'x'.repeat(1000)}"}`
  const { texts, errors } = await read(`{"text":"a"}\n${long}\n{"text":"b"}\n${long}`, {
    maxDocumentBytes: 100,
  })
  expect(texts).toEqual(['a', 'b'])
  expect(errors).toEqual([
    '2: expected at most 100 bytes in a line, got more',
    '4: expected at most 100 bytes in a line, got more',
  ])
})

test('truncated gzip gives the lines before the cut, then the line it was cut in', async () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `{"text":"number ${i}"}\n`).join('')
  const packed = gzipSync(lines)
  const { texts, errors } = await read(packed.subarray(0, packed.length >> 1), {}, 'x.jsonl.gz')
  expect(texts.length).toBeGreaterThan(500)
  expect(texts).toEqual(Array.from({ length: texts.length }, (_, i) => `number ${i}`))
  expect(errors).toEqual([`${texts.length + 1}: unexpected end of file`])
})

test('a name that promises compression and content that is not compressed', async () => {
  expect((await read('{"text":"a"}', {}, 'x.jsonl.gz')).errors).toEqual([
    '0: expected compressed data in a file called *.gz, got other bytes',
  ])
  // The other way round the content decides.
  expect((await read(gzipSync('{"text":"a"}'))).texts).toEqual(['a'])
})

test('random bytes end in errors, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const { texts } = await read(bytes)
      expect(texts).toEqual([])
    }),
    { seed: 1, numRuns: 100 },
  )
})

describe('onError', () => {
  const content = '{"text":"a"}\nbroken\n{"text":"b"}\nbroken\n'

  test('throws the first error unless told otherwise', async () => {
    await writeFile(join(cwd, 'e.jsonl'), content)
    const seen: string[] = []
    await expect(async () => {
      for await (const { text } of readJsonl('e.jsonl', { cwd })) seen.push(text)
    }).rejects.toMatchObject({
      name: 'ReadError',
      file: 'e.jsonl',
      record: 2,
      message: expect.stringMatching(/^readJsonl: e\.jsonl:2: .*JSON/),
      cause: expect.any(SyntaxError),
    })
    expect(seen).toEqual(['a'])
  })

  test('skips, and says once how much', async () => {
    await writeFile(join(cwd, 'e.jsonl'), content)
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const documents = await collect(readJsonl('e.jsonl', { cwd, onError: 'skip' }))
    expect(documents.map((document) => document.text)).toEqual(['a', 'b'])
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(/^readJsonl: skipped 2 errors, the first: readJsonl: e\.jsonl:2: /),
        'ReadWarning',
      ],
    ])
    warn.mockRestore()
  })

  test('what the function throws comes out as it is', async () => {
    await writeFile(join(cwd, 'e.jsonl'), content)
    const stop = new Error('stop')
    const onError = (): never => {
      throw stop
    }
    await expect(collect(readJsonl('e.jsonl', { cwd, onError }))).rejects.toBe(stop)
  })

  test('a broken file does not keep the next from being read', async () => {
    await writeFile(join(cwd, 'n1.jsonl'), '')
    await writeFile(join(cwd, 'n2.jsonl'), '{"text":"a"}')
    const documents = await collect(readJsonl('n*.jsonl', { cwd, onError: () => {} }))
    expect(documents).toHaveLength(1)
  })
})

test('ids are the same on every run, and different for every line and file', async () => {
  await writeFile(join(cwd, 'i1.jsonl'), '{"text":"same"}\n{"text":"same"}\n')
  await writeFile(join(cwd, 'i2.jsonl'), '{"text":"same"}\n{"text":"same"}\n')
  const stream = readJsonl('i*.jsonl', { cwd })
  const ids = (await collect(stream)).map((document) => document.id)
  expect(new Set(ids).size).toBe(4)
  expect((await collect(stream)).map((document) => document.id)).toEqual(ids)
})

test('progress counts the bytes on disk', async () => {
  await writeFile(join(cwd, 'p1.jsonl'), '{"text":"a"}\n')
  await writeFile(join(cwd, 'p2.jsonl.gz'), gzipSync('{"text":"a"}\n'))
  const seen: { done: number; total?: number; unit: string }[] = []
  await collect(readJsonl('p*', { cwd, progress: (update) => seen.push(update) }))
  const total = 13 + gzipSync('{"text":"a"}\n').length
  expect(seen.map((update) => update.done)).toEqual([13, total])
  expect(seen[0]).toEqual({ task: 'readJsonl', done: 13, total, unit: 'bytes' })
})

test.skipIf(process.platform !== 'linux')('stopping early closes the file', async () => {
  const packed = gzipSync('{"text":"a"}\n'.repeat(1000))
  await writeFile(join(cwd, 'closing.jsonl.gz'), packed)
  const isOpen = async (): Promise<boolean> => {
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    return links.some((link) => link.endsWith('closing.jsonl.gz'))
  }
  const seen: Document[] = []
  for await (const document of readJsonl('closing.jsonl.gz', { cwd })) {
    seen.push(document)
    expect(await isOpen()).toBe(true)
    break
  }
  expect(seen).toHaveLength(1)
  expect(await isOpen()).toBe(false)
})

test('wrong options are refused before anything is read', () => {
  expect(() => readJsonl('x', { maxDocumentBytes: 0 })).toThrow(
    'readJsonl: expected maxDocumentBytes to be a whole number of bytes above 0, got 0',
  )
})
