import { join } from 'node:path'
import { type HostTensor, readSafetensors } from '@llm/model'
import { disposeState, restoreState, type State } from '@llm/optim'
import { type Parameters, tf } from '@llm/tensor'
import { optimizerFile, weightsFile } from './find-checkpoint.js'
import { checkIdentity } from './identity.js'
import { type RunState, readStateFile } from './run-state.js'

/** What {@link loadCheckpoint} puts a checkpoint into. */
export interface CheckpointTarget {
  /** Overwritten with the checkpoint's weights. */
  readonly params: Parameters
  /** A state as the optimizer's `init` returns it. It is used up: its tensors are disposed of. */
  readonly optimizerState: State
  /** The run that goes on. Default: not checked. */
  readonly identity?: RunState['identity']
}

/** A checkpoint that has been loaded. */
export interface LoadedCheckpoint extends RunState {
  readonly optimizerState: State
}

/**
 * Loads the checkpoint in the folder `path` (see {@link findCheckpoint}): the weights into `params`, the rest as the result.
 *
 * @throws RangeError when the checkpoint is of another run, model or optimizer; nothing has been changed then.
 */
export async function loadCheckpoint(
  path: string,
  { params, optimizerState, identity }: CheckpointTarget,
): Promise<LoadedCheckpoint> {
  const { format: _, optimizer: numbers, ...run } = await readStateFile(path)
  if (identity !== undefined) checkIdentity(path, run.identity, identity)
  const weights = (await readSafetensors(join(path, weightsFile))).tensors
  checkWeights(path, params, weights)
  const saved = (await readSafetensors(join(path, optimizerFile))).tensors

  const tensors = Object.fromEntries([...saved].map(([name, tensor]) => [name, toTensor(tensor)]))
  let restored: State
  try {
    restored = restoreState(optimizerState, { ...numbers, ...tensors })
  } catch (error) {
    tf.dispose(tensors)
    throw error
  }
  for (const [name, parameter] of Object.entries(params)) {
    tf.tidy(() => parameter.assign(toTensor(weights.get(name)!)))
  }
  disposeState(optimizerState)
  return { ...run, optimizerState: restored }
}

function checkWeights(
  path: string,
  params: Parameters,
  weights: ReadonlyMap<string, HostTensor>,
): void {
  for (const name of new Set([...Object.keys(params), ...weights.keys()])) {
    const [ours, theirs] = [params[name]?.shape, weights.get(name)?.shape]
    if (ours === undefined || ours.join() !== theirs?.join()) {
      const shape = (s: readonly number[] | undefined): string =>
        s === undefined ? 'none' : `[${s}]`
      throw new RangeError(
        `loadCheckpoint: expected ${JSON.stringify(name)} of shape ${shape(ours)} in ${path}, got ${shape(theirs)}; the checkpoint is of another model`,
      )
    }
  }
}

function toTensor({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype)
}
