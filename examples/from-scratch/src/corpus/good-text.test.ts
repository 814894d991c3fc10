import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '@llm/data'
import { expect, it, onTestFinished } from 'vitest'
import { goodText } from './good-text.js'
import { goodSources } from './sources.js'

const source = {
  name: 'poems',
  title: 'Poems',
  author: 'A',
  year: '1800',
  package: 'books',
  folder: 'texts',
  files: /^poems\.txt$|^\d+\.txt$/,
  rights: 'public domain',
  license: 'CC0-1.0',
  form: 'lines',
} as const

async function laidOut(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'good-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'texts'))
  await writeFile(join(root, 'texts', 'poems.txt'), 'Tyger,\nTyger')
  await writeFile(join(root, 'texts', '2.txt'), Buffer.from('caf\xe9', 'latin1'))
  await writeFile(join(root, 'texts', 'other.txt'), 'not listed')
  return root
}

it('reads the listed files, in UTF-8 or Latin-1', async () => {
  const root = await laidOut()
  const documents = await collect(goodText([source], () => root))
  expect(documents.map(({ id, text }) => [id, text])).toEqual([
    ['good:poems/2#0001', 'café'],
    ['good:poems#0001', 'Tyger,\nTyger'],
  ])
  expect(documents[1]).toMatchObject({ license: 'CC0-1.0', source: 'books/texts/poems.txt' })
})

it('complains when a package has changed its files', async () => {
  const root = await laidOut()
  const moved = { ...source, files: /^never$/ }
  await expect(collect(goodText([moved], () => root))).rejects.toThrow('goodText: no file of books')
})

it('finds every listed source in the installed packages', async () => {
  const found = new Set<unknown>()
  for await (const { metadata } of goodText()) found.add(metadata?.work)
  expect([...found]).toEqual(goodSources.map(({ name }) => name))
})
