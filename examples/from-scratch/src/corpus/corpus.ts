import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Document, type ReadError, readDocuments } from '@llm/data'
import type { SourceSummary } from '../summary.js'
import { crawl } from './crawl.js'
import { goodText } from './good-text.js'
import type { LockedPackage } from './lockfile.js'
import { goodSources } from './sources.js'

/** Told of what could not be read; the run goes on without it. */
export interface CorpusWarnings {
  readonly onError: (error: ReadError) => void
  readonly onMissing: (missing: LockedPackage) => void
}

/** The default corpus: the good text first, then the crawl. The same for everyone with the same lockfile. */
export async function* defaultCorpus({ onMissing }: CorpusWarnings): AsyncGenerator<Document> {
  yield* goodText()
  const exclude = [...new Set(goodSources.map((source) => source.package))]
  yield* crawl({ root: workspaceRoot(), exclude, onMissing })
}

/** The user's own files. */
export async function* ownCorpus(
  input: readonly string[],
  { onError }: CorpusWarnings,
): AsyncGenerator<Document> {
  for await (const document of readDocuments(input, { onError }))
    yield {
      ...document,
      metadata: { ...document.metadata, kind: isPage(document) ? 'page' : 'own text' },
    }
}

/**
 * Text that somebody chose is repaired and deduplicated, not judged by rules made for the web: the books and speeches
 * of the default corpus, and the user's own files unless they are web pages.
 */
export function isChosen({ metadata }: Document): boolean {
  return metadata?.kind === 'good text' || metadata?.kind === 'own text'
}

function isPage({ mediaType = 'text/plain', source = '' }: Document): boolean {
  return mediaType.includes('html') || /\.w(?:arc|et)(?:\.gz)?$/.test(source)
}

/** The row of a document in the table of sources. */
export function sourceOf({ metadata, license = 'unknown', source = '' }: Document): SourceRow {
  const work = goodSources.find(({ name }) => name === metadata?.work)
  if (work !== undefined) {
    const title = `${work.title}, ${work.author}, ${work.year}`
    return { title, from: work.package, license, rights: work.rights }
  }
  if (typeof metadata?.package === 'string')
    return { title: 'texts of installed packages', from: 'the lockfile', license }
  return { title: source, from: 'your files', license }
}

type SourceRow = Pick<SourceSummary, 'title' | 'from' | 'license' | 'rights'>

/** Files that decide the default corpus. */
export function lockfile(): string {
  return join(workspaceRoot(), 'pnpm-lock.yaml')
}

function workspaceRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-lock.yaml'))) return folder
    if (folder === dirname(folder))
      throw new Error(
        `defaultCorpus: expected pnpm-lock.yaml above ${start}; give files of your own with --input`,
      )
  }
}
