import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveModel } from '@llm/model'
import { saveTokenizer, type Tokenizer } from '@llm/tokenizer'
import { report } from './report/report.js'
import { endOf } from './steps/tokens.js'
import type { TrainedModel } from './steps/train-model.js'
import type { RunSummary } from './summary.js'

/**
 * Writes what a run is for: the model folder, the summary and the report.
 * The model goes into a new folder that then takes the place of the old one, so there is never half a model.
 */
export async function writeResults(
  out: string,
  summary: RunSummary,
  trained: TrainedModel,
  tokenizer: Tokenizer,
): Promise<void> {
  const fresh = join(out, 'model.tmp')
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  await saveModel(fresh, trained.model, trained.params, { endOfText: endOf(tokenizer) })
  await saveTokenizer(tokenizer, fresh)
  await rm(join(out, 'model'), { recursive: true, force: true })
  await rename(fresh, join(out, 'model'))
  await write(join(out, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`)
  await write(join(out, 'report.html'), report(summary))
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text)
  await rename(`${path}.tmp`, path)
}
