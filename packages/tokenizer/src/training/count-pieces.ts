import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import type { PieceCounter } from './piece-counter.js'
import type { PieceCounts } from './piece-counts.js'
import { type TrainingTexts, textOf } from './texts.js'

/** Counts the distinct pieces of all texts. No text is kept. */
export async function countPieces(
  name: string,
  texts: TrainingTexts,
  counter: PieceCounter,
  progress: Progress | undefined,
): Promise<PieceCounts> {
  checkTexts(name, texts)
  let done = 0
  for await (const item of texts) {
    done += counter.add(textOf(name, item))
    progress?.({ task: 'counting pieces', done, unit: 'bytes' })
  }
  return counter.counts()
}
