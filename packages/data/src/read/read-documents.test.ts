import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect } from '../stage.js'
import { readDocuments } from './read-documents.js'
import type { ReadError } from './read-error.js'
import { readHtml } from './read-html.js'
import { readMarkdown, readText } from './read-text.js'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'data-read-'))
  await mkdir(join(cwd, 'site/sub'), { recursive: true })
  await writeFile(join(cwd, 'site/index.html'), '<meta charset=latin1>\xe9', 'latin1')
  await writeFile(join(cwd, 'site/sub/page.HTM'), '\ufeff<p>é')
  await writeFile(join(cwd, 'site/notes.md'), '# é')
  await writeFile(join(cwd, 'site/picture.png'), '')
  await writeFile(join(cwd, 'site/lines.jsonl'), '{"id":"j","text":"line"}')
  await writeFile(join(cwd, 'site/plain.txt.gz'), gzipSync('\ufeffplain'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function failing(stream: (onError: (error: ReadError) => void) => AsyncIterable<unknown>) {
  const errors: string[] = []
  await collect(stream((error) => errors.push(`${error.record} ${error.message}`)))
  return errors
}

test('a folder is read by what the names say', async () => {
  expect(await collect(readDocuments('site', { cwd }))).toEqual([
    {
      id: 'site/index.html',
      text: '<meta charset=latin1>é',
      mediaType: 'text/html',
      source: 'site/index.html',
    },
    { id: 'j', text: 'line', source: 'site/lines.jsonl' },
    { id: 'site/notes.md', text: '# é', mediaType: 'text/markdown', source: 'site/notes.md' },
    { id: 'site/plain.txt.gz', text: 'plain', source: 'site/plain.txt.gz' },
    { id: 'site/sub/page.HTM', text: '<p>é', mediaType: 'text/html', source: 'site/sub/page.HTM' },
  ])
})

test('a reader of one format takes its own files of a folder, and any file that is named', async () => {
  const ids = async (stream: AsyncIterable<{ id: string }>) =>
    (await collect(stream)).map((document) => document.id)
  expect(await ids(readHtml('site', { cwd }))).toEqual(['site/index.html', 'site/sub/page.HTM'])
  expect(await ids(readMarkdown('site', { cwd }))).toEqual(['site/notes.md'])
  expect(await ids(readText('site/*.md', { cwd }))).toEqual(['site/notes.md'])
})

test('a name that says nothing is reported', async () => {
  await writeFile(join(cwd, 'unknown.bin'), 'x')
  expect(await failing((onError) => readDocuments('unknown.bin', { cwd, onError }))).toEqual([
    '0 readDocuments: unknown.bin: expected a file name that tells the format, such as *.jsonl or *.html.gz',
  ])
})

test('text that is not UTF-8, too long, empty or gone', async () => {
  await writeFile(join(cwd, 'bad.txt'), 'abc\xff', 'latin1')
  expect(await failing((onError) => readText('bad.txt', { cwd, onError }))).toEqual([
    '1 readText: bad.txt:1: expected UTF-8, got other bytes at offset 3',
  ])
  const options = { cwd, maxDocumentBytes: 3 }
  expect(await failing((onError) => readText('bad.txt', { ...options, onError }))).toEqual([
    '1 readText: bad.txt:1: expected at most 3 bytes, got more',
  ])
  await writeFile(join(cwd, 'bomb.txt.gz'), gzipSync(Buffer.alloc(1e7)))
  expect(await failing((onError) => readText('bomb.txt.gz', { ...options, onError }))).toEqual([
    '1 readText: bomb.txt.gz:1: expected at most 3 bytes, got more',
  ])
  await writeFile(join(cwd, 'empty.txt'), '')
  expect(await failing((onError) => readText('empty.txt', { cwd, onError }))).toEqual([
    '0 readText: empty.txt: expected content, got an empty file',
  ])
  await writeFile(join(cwd, 'v1.txt'), 'x')
  await writeFile(join(cwd, 'v2.txt'), 'x')
  const onError = (error: ReadError): void => expect(error.message).toContain('ENOENT')
  const texts: string[] = []
  for await (const { id } of readText('v?.txt', { cwd, onError })) {
    texts.push(id)
    await rm(join(cwd, 'v2.txt'), { force: true })
  }
  expect(texts).toEqual(['v1.txt'])
})
