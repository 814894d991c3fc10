import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openSafetensors } from '@llm/model'
import { readStateFile } from './run-state.js'

export const weightsFile = 'model.safetensors'
export const optimizerFile = 'optimizer.safetensors'

/** What {@link findCheckpoint} found. */
export interface FoundCheckpoint {
  /** Folder of the newest whole checkpoint; absent when there is none. */
  readonly path?: string
  /** Newer folders that were passed over, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

/** The folder of the checkpoint after `step` steps: `step-00000500`. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, '0')}`
}

/** Steps of the checkpoints in a directory, newest first. Folders with temporary names are none. */
export async function checkpointSteps(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return names
    .filter((name) => /^step-\d{8,15}$/.test(name))
    .map((name) => Number(name.slice('step-'.length)))
    .sort((a, b) => b - a)
}

/**
 * The newest whole checkpoint in a directory. A folder that is incomplete, or whose files are cut off, is passed over
 * and reported. A directory that does not exist holds none.
 */
export async function findCheckpoint(directory: string): Promise<FoundCheckpoint> {
  const skipped: { path: string; reason: string }[] = []
  for (const step of await checkpointSteps(directory)) {
    const path = join(directory, checkpointName(step))
    try {
      await readStateFile(path)
      for (const name of [weightsFile, optimizerFile]) {
        const file = await openSafetensors(join(path, name))
        await file.close()
      }
      return { path, skipped }
    } catch (error) {
      skipped.push({ path, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { skipped }
}
