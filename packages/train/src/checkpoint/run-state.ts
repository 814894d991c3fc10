import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** JSON data, as settings are kept in a checkpoint. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json }

/** Where a run stands: everything about it that is not a tensor. */
export interface RunState {
  /** Steps done. */
  readonly step: number
  /** Steps in all; absent while a run in minutes has not measured its speed yet. */
  readonly steps?: number
  /** Steps between evaluations; absent as long as `steps` is. */
  readonly evalInterval?: number
  /** The last step that was evaluated; absent before the first. */
  readonly evaluated?: number
  /** Lowest validation loss so far, nats per token. */
  readonly bestLoss?: number
  /** Time spent so far. */
  readonly seconds: number
  /** What the run is of: settings that a run which continues it must share. */
  readonly identity: { readonly [name: string]: Json }
}

/** A {@link RunState} as `state.json` holds it, with the numbers of the optimizer's state by path. */
export interface StateFile extends RunState {
  readonly format: 1
  readonly optimizer: Readonly<Record<string, number>>
}

export const stateFileName = 'state.json'

const stateBytes = 10_000_000

/**
 * Reads `state.json` of a checkpoint folder.
 *
 * @throws RangeError when it is not one that this version wrote.
 */
export async function readStateFile(folder: string): Promise<StateFile> {
  const path = join(folder, stateFileName)
  const { size } = await stat(path)
  if (size > stateBytes) {
    throw new RangeError(`loadCheckpoint: expected ${path} under ${stateBytes} bytes, got ${size}`)
  }
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new RangeError(
      `loadCheckpoint: expected JSON in ${path}, got something that does not parse`,
      { cause },
    )
  }
  if (!isStateFile(value)) {
    throw new RangeError(
      `loadCheckpoint: expected ${path} to be a training state of format 1, got something else`,
    )
  }
  return value
}

function isStateFile(value: unknown): value is StateFile {
  return (
    isRecord(value) &&
    value.format === 1 &&
    isCount(value.step) &&
    typeof value.seconds === 'number' &&
    [value.steps, value.evalInterval, value.evaluated].every(
      (n) => n === undefined || isCount(n),
    ) &&
    (value.bestLoss === undefined || typeof value.bestLoss === 'number') &&
    isRecord(value.identity) &&
    isRecord(value.optimizer) &&
    Object.values(value.optimizer).every((n) => typeof n === 'number')
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
