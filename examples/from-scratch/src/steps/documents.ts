import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { collect, type Document, pipe, readJsonl, type Stage, writeJsonl } from '@llm/data'
import { decontaminate } from '@llm/dedup'
import type { CorpusSummary, DuplicatesSummary, RunSummary, SplitSummary } from '../summary.js'
import { type Cleaned, type CleanOptions, clean } from './clean.js'
import { Ledger, type SourceOf } from './ledger.js'
import { isValidation, place } from './split.js'

/** Validation text: this part of the documents, but no more than needed for a firm number. */
const validationPart = 0.05
const validationBytes = 250_000

/** A run of this many words in both parts counts as contamination, unless it is a common phrase. */
const sharedWords = 13
const commonPhrase = 10

export interface DocumentsOptions
  extends Pick<CleanOptions, 'seed' | 'language' | 'isGood' | 'unknownLicence'> {
  readonly sourceOf: SourceOf
  /** Work folder: `training` and `validation` are written below it. */
  readonly directory: string
  /** File for the outcome of every document. */
  readonly outcomes: string
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

export interface PreparedDocuments {
  readonly corpus: CorpusSummary
  readonly funnel: RunSummary['funnel']
  readonly duplicates: DuplicatesSummary
  readonly split: {
    readonly training: Size
    readonly validation: Size
    readonly contamination: SplitSummary['contamination']
  }
}

interface Size {
  readonly documents: number
  readonly bytes: number
}

/**
 * Raw documents to two folders of JSON Lines: what to train on, and what to measure with.
 *
 * @throws when fewer than two documents are left.
 */
export async function prepareDocuments(
  source: AsyncIterable<Document>,
  options: DocumentsOptions,
): Promise<PreparedDocuments> {
  const { directory } = options
  const ledger = new Ledger(options.sourceOf)
  const folder = (name: string): string => join(directory, name)

  const cleaned = await clean(watched(ledger.enter(source), options), {
    ...options,
    temporaryDirectory: directory,
    onDrop: (document, stage, verdict) => ledger.drop(document, stage, verdict),
    onCluster: (cluster) => ledger.nearDuplicates(cluster),
  })
  await writeJsonl(cleaned.documents, folder('cleaned'), { resume: false })
  const stored = (): AsyncIterable<Document> => readJsonl('*.jsonl', { cwd: folder('cleaned') })

  const left = sizeOf(cleaned)
  if (left.documents < 2) {
    await writeOutcomes(options.outcomes, ledger)
    throw new Error(
      `prepareDocuments: expected two documents or more after cleaning, got ${left.documents}; give more text, or see in ${options.outcomes} why it was dropped`,
    )
  }
  const validation = await chooseValidation(stored, left, options.seed)
  const ids = new Set(validation.map(({ id }) => id))
  const contamination = {
    n: sharedWords,
    documents: 0,
    bytes: 0,
    examples: [] as { id: string; shared: string }[],
  }
  const training = count()
  await writeJsonl(
    pipe(
      stored(),
      without(ids),
      decontaminate(validation, {
        n: sharedWords,
        maxDocuments: commonPhrase,
        temporaryDirectory: directory,
        onDrop(document, verdict) {
          ledger.drop(document, 'contamination', verdict)
          contamination.documents++
          contamination.bytes += Buffer.byteLength(document.text)
          if (contamination.examples.length < 5)
            contamination.examples.push({ id: document.id, shared: String(verdict.value) })
        },
      }),
      counted(training, (document) => ledger.keep(document, 'training')),
    ),
    folder('training'),
    { resume: false },
  )
  for (const document of validation) ledger.keep(document, 'validation')
  await writeJsonl(validation, folder('validation'), { resume: false })
  await rm(folder('cleaned'), { recursive: true, force: true })
  await writeOutcomes(options.outcomes, ledger)

  return {
    corpus: ledger.corpus(),
    funnel: cleaned.report(),
    duplicates: ledger.duplicates(8),
    split: {
      training,
      validation: { documents: validation.length, bytes: bytesOf(validation) },
      contamination,
    },
  }
}

/** Shows how far the reading is, and stops it when asked to. */
async function* watched(
  documents: AsyncIterable<Document>,
  { signal, progress }: DocumentsOptions,
): AsyncGenerator<Document> {
  let read = 0
  for await (const document of documents) {
    signal.throwIfAborted()
    yield document
    read++
    progress(`${read.toLocaleString('en-US')} documents read`)
    // Signals and the terminal get their turn: cleaning itself never waits.
    if (read % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

/**
 * The documents to measure with. Of a handful the hash may pick none, or all; then it is the tenth with the lowest
 * hashes, and at least one.
 */
async function chooseValidation(
  stored: () => AsyncIterable<Document>,
  left: Size,
  seed: number,
): Promise<Document[]> {
  const fraction = Math.min(validationPart, validationBytes / left.bytes)
  const chosen = await collect(
    pipe(
      stored(),
      picked((id) => isValidation(id, seed, fraction)),
    ),
  )
  if (chosen.length > 0 && chosen.length < left.documents) return chosen
  const ids = (await collect(stored())).map(({ id }) => id)
  ids.sort((a, b) => place(a, seed) - place(b, seed))
  const lowest = new Set(ids.slice(0, Math.ceil(ids.length / 10)))
  return collect(
    pipe(
      stored(),
      picked((id) => lowest.has(id)),
    ),
  )
}

function picked(test: (id: string) => boolean): Stage {
  return async function* (documents) {
    for await (const document of documents) if (test(document.id)) yield document
  }
}

function without(ids: ReadonlySet<string>): Stage {
  return picked((id) => !ids.has(id))
}

function count(): { documents: number; bytes: number } {
  return { documents: 0, bytes: 0 }
}

function counted(
  into: { documents: number; bytes: number },
  each: (document: Document) => void,
): Stage {
  return async function* (documents) {
    for await (const document of documents) {
      into.documents++
      into.bytes += Buffer.byteLength(document.text)
      each(document)
      yield document
    }
  }
}

function sizeOf(cleaned: Cleaned): Size {
  const last = cleaned.report().at(-1)
  return { documents: last?.documentsOut ?? 0, bytes: last?.bytesOut ?? 0 }
}

function bytesOf(documents: readonly Document[]): number {
  return documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
}

async function writeOutcomes(path: string, ledger: Ledger): Promise<void> {
  await writeFile(
    `${path}.tmp`,
    ledger.outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''),
  )
  await rename(`${path}.tmp`, path)
}
