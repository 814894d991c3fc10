import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect, type Document } from '@llm/data'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { isChosen } from '../corpus/corpus.js'
import { goodText } from '../corpus/good-text.js'
import { goodSources } from '../corpus/sources.js'
import { prepareDocuments } from './documents.js'
import { documentsOf } from './tokens.js'

let good: readonly Document[]
beforeAll(async () => {
  good = await collect(goodText(goodSources.filter(({ name }) => name === 'austen-persuasion')))
})

const page = (id: string, text: string, license = 'MIT'): Document => ({
  id,
  text,
  license,
  metadata: { kind: 'page' },
})
const sentences =
  'This module reads a file and gives back what is in it, and it has been of use to many of us for a long time. You may call it with the name of the file that you want to read, and it will tell you when there is none of that name. '

describe('prepareDocuments', () => {
  it('drops what it should, and accounts for every document', async () => {
    const web = [
      page(
        'kept',
        `${sentences}\n\nThe rest of the story is that it was written on a rainy day by the sea, with tea.`,
      ),
      page(
        'near',
        `${sentences}\n\nThe rest of the story is that it was written on a rainy day by the sea, with milk.`,
      ),
      page(
        'copy',
        `${sentences}\n\nThe rest of the story is that it was written on a rainy day by the sea, with tea.`,
      ),
      page(
        'copyleft',
        `${sentences} Another one, which is not like the others at all.`,
        'GPL-3.0-only',
      ),
      page(
        'german',
        'Dies ist ein Text über das Meer und die Schiffe, die im Hafen liegen und auf den Wind warten. '.repeat(
          4,
        ),
      ),
      page('short', 'Too short.'),
      page(
        'code',
        'export const a = b({ c: d(e) })\nfunction f(g) { return h[i] + j(k) }\n'.repeat(20),
      ),
      { ...page('empty', '<script>1</script>'), mediaType: 'text/html' },
    ]
    const { result, outcomes, parts } = await prepare([...good, ...web])
    const of = (id: string) => outcomes.find((outcome) => outcome.id === id)?.outcome
    expect(['near', 'copy', 'copyleft', 'german', 'short', 'code', 'empty'].map(of)).toEqual([
      'near duplicates',
      'exact duplicates',
      'licence',
      'language',
      'quality',
      'quality',
      'extract text',
    ])
    expect(of('kept')).toMatch(/training|validation/)
    expect(outcomes.map(({ id }) => id).sort()).toEqual(
      [...good, ...web].map(({ id }) => id).sort(),
    )
    expect(result.duplicates).toMatchObject({ exact: 1, near: 1 })
    expect(result.duplicates.clusters.map(({ members }) => members)).toEqual([
      ['kept', 'copy'],
      ['kept', 'near'],
    ])
    expect(result.corpus.documents).toBe(good.length + web.length)
    expect(parts.training.length).toBe(result.split.training.documents)
    expect(parts.validation.length).toBe(result.split.validation.documents)
    for (const stage of result.funnel) expect(stage.unexplained).toBe(0)
  })

  it('takes from the training text what quotes the validation text', async () => {
    const quote = ({ id, text }: Document, index: number): Document => {
      const words = text.split(/\s+/)
      const own = Array.from({ length: 200 }, (_, i) => `word${index}x${i}`)
      return {
        id: `quote of ${id}`,
        text: [...own, ...words.slice(20, 40)].join(' '),
        license: 'CC0-1.0',
        metadata: { kind: 'own text' },
      }
    }
    const long = good.filter(({ text }) => text.length > 1000)
    const { result, parts } = await prepare([...long, ...long.map(quote)])
    const training = new Set(parts.training.map(({ id }) => id))
    const quoted = parts.validation.filter(({ id }) => id.startsWith('good:'))
    expect(quoted.length).toBeGreaterThan(0)
    for (const { id } of quoted) expect(training.has(`quote of ${id}`)).toBe(false)
    expect(result.split.contamination.documents).toBeGreaterThan(0)
    expect(result.split.contamination.examples[0]?.shared.split(' ')).toHaveLength(13)
  })

  it('cuts one long text into passages, so that it can be split', async () => {
    const text = good.map((document) => document.text).join('\n\n')
    const { parts } = await prepare([{ id: 'book', text, metadata: { kind: 'own text' } }])
    expect(parts.training.length).toBeGreaterThan(20)
    expect(parts.validation.length).toBeGreaterThan(0)
    for (const { id } of parts.training) expect(id).toMatch(/^book#\d{4}$/)
  })
})

async function prepare(documents: readonly Document[]) {
  const directory = await mkdtemp(join(tmpdir(), 'documents-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'corpus.jsonl')
  const result = await prepareDocuments(stream(documents), {
    seed: 1,
    language: 'en',
    isGood: isChosen,
    unknownLicence: 'keep',
    sourceOf: ({ license = 'unknown' }) => ({ title: 'test', from: 'here', license }),
    directory,
    outcomes: path,
    signal: new AbortController().signal,
    progress: () => undefined,
  })
  expect((await readdir(directory)).sort()).toEqual(['corpus.jsonl', 'training', 'validation'])
  const outcomes: { id: string; outcome: string }[] = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const parts = {
    training: await collect(documentsOf(directory, 'training')),
    validation: await collect(documentsOf(directory, 'validation')),
  }
  return { result, outcomes, parts }
}

async function* stream(documents: readonly Document[]): AsyncGenerator<Document> {
  yield* documents
}
