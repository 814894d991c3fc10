import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSafetensors } from '@llm/model'
import { flattenState, type State } from '@llm/optim'
import type { Parameters, tf } from '@llm/tensor'
import { checkpointName, checkpointSteps, optimizerFile, weightsFile } from './find-checkpoint.js'
import { type RunState, type StateFile, stateFileName } from './run-state.js'

/** Everything that a run needs to go on as if it had not stopped. */
export interface Checkpoint extends RunState {
  readonly params: Parameters
  readonly optimizerState: State
}

/** Options of {@link saveCheckpoint}. */
export interface SaveCheckpointOptions {
  /** How many checkpoints stay in the directory, this one included. Default 2. */
  readonly keep?: number
}

/**
 * Writes `<directory>/step-00000500/` with `model.safetensors`, `optimizer.safetensors` and `state.json`, and returns its path.
 *
 * The folder is made under a temporary name, brought to the disk and renamed: a run that is killed meanwhile leaves the older
 * checkpoints as they are. Then the oldest are deleted down to `keep`, and with them what killed runs left behind.
 */
export async function saveCheckpoint(
  directory: string,
  { params, optimizerState, ...run }: Checkpoint,
  { keep = 2 }: SaveCheckpointOptions = {},
): Promise<string> {
  if (!(Number.isInteger(keep) && keep >= 1)) {
    throw new RangeError(`saveCheckpoint: expected keep to be a whole number above 0, got ${keep}`)
  }
  const path = join(directory, checkpointName(run.step))
  const temporary = `${path}.tmp-${process.pid}`
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })

  const tensors: Record<string, tf.Tensor> = {}
  const numbers: Record<string, number> = {}
  for (const [name, leaf] of Object.entries(flattenState(optimizerState))) {
    if (typeof leaf === 'number') numbers[name] = leaf
    else tensors[name] = leaf
  }
  await writeSafetensors(join(temporary, weightsFile), params)
  await writeSafetensors(join(temporary, optimizerFile), tensors)
  const state: StateFile = { format: 1, ...run, optimizer: numbers }
  await writeSynced(join(temporary, stateFileName), `${JSON.stringify(state, null, 2)}\n`)

  await rm(path, { recursive: true, force: true })
  await rename(temporary, path)
  await deleteOld(directory, run.step, keep)
  return path
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function deleteOld(directory: string, step: number, keep: number): Promise<void> {
  // Newer folders than the one just written belong to a run that was not continued from.
  const older = (await checkpointSteps(directory)).filter((other) => other <= step)
  const old = older.slice(keep).map(checkpointName)
  const left = (await readdir(directory)).filter((name) =>
    /^step-\d{8,15}\.tmp-\d{1,10}$/.test(name),
  )
  for (const name of [...old, ...left]) {
    await rm(join(directory, name), { recursive: true, force: true })
  }
}
