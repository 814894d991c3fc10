import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import type { CountedTexts } from '../workers/count-worker.js'
import type { PieceCounts } from './piece-counts.js'
import { type Cutting, pieceCounter } from './piece-cutting.js'
import { PieceTable } from './piece-table.js'
import { type TrainingTexts, textOf } from './texts.js'

/** UTF-16 units that a thread gets at once: many, as what it finds is sent back and added up here. */
const CHUNK = 1 << 22

export interface CountOptions {
  /** Threads beside this one; 0: this one counts. */
  readonly workers: number
  readonly progress: Progress | undefined
}

/** Counts the distinct pieces of all texts, in the order in which they come first. No text is kept. */
export async function countPieces(
  name: string,
  texts: TrainingTexts,
  cutting: Cutting,
  { workers, progress }: CountOptions,
): Promise<PieceCounts> {
  checkTexts(name, texts)
  let done = 0
  const report = (bytes: number): void => {
    done += bytes
    progress?.({ task: 'counting pieces', done, unit: 'bytes' })
  }
  if (workers === 0) {
    const counter = pieceCounter(cutting)
    for await (const item of texts) report(counter.add(textOf(name, item)))
    return counter.counts()
  }
  // Imported here so that the rest of the package runs where there are no node: modules.
  const { mapInWorkers } = await import('@llm/data/workers')
  const count = mapInWorkers<readonly string[], CountedTexts>(module(), {
    workers,
    batchSize: 1,
    options: cutting,
  })
  const table = new PieceTable()
  for await (const { pieces, total } of count(chunks(name, texts))) {
    const { bytes, offsets, counts, size } = pieces
    for (let i = 0; i < size; i++) {
      table.add(bytes, offsets[i] as number, offsets[i + 1] as number, counts[i])
    }
    report(total)
  }
  return table.counts()
}

async function* chunks(name: string, texts: TrainingTexts): AsyncGenerator<readonly string[]> {
  let chunk: string[] = []
  let length = 0
  for await (const item of texts) {
    const text = textOf(name, item)
    chunk.push(text)
    length += text.length
    if (length < CHUNK) continue
    yield chunk
    chunk = []
    length = 0
  }
  if (chunk.length > 0) yield chunk
}

/** The sources have no JavaScript file to start, the build has. */
function module(): URL {
  const { url } = import.meta
  return new URL(url.endsWith('.ts') ? '../../dist/count-worker.js' : './count-worker.js', url)
}
