import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A stage that is done: what it found out, and how long it took. */
interface SavedStage {
  readonly value: unknown
  readonly detail: string
  readonly seconds: number
}

interface StateFile {
  readonly fingerprint: string
  readonly finished: boolean
  readonly startedAt: string
  readonly stages: Record<string, SavedStage>
}

/**
 * What a run has done so far, in `state.json` of its work folder, so that a run that was stopped goes on.
 * A run with another fingerprint, and one after a finished run, starts with an empty folder.
 */
export class RunState {
  readonly directory: string
  /** Whether an earlier, unfinished run is being continued. */
  readonly continued: boolean
  #file: StateFile

  private constructor(directory: string, file: StateFile, continued: boolean) {
    this.directory = directory
    this.#file = file
    this.continued = continued
  }

  /** @param fingerprint everything that decides what the stages give; see {@link fingerprintOf}. */
  static async open(directory: string, fingerprint: string): Promise<RunState> {
    const found = await readState(join(directory, 'state.json'))
    if (found !== undefined && found.fingerprint === fingerprint && !found.finished)
      return new RunState(directory, found, true)
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
    const file = { fingerprint, finished: false, startedAt: new Date().toISOString(), stages: {} }
    const state = new RunState(directory, file, false)
    await state.#save()
    return state
  }

  get startedAt(): string {
    return this.#file.startedAt
  }

  /** The result of a stage: the saved one, or that of `run`, which is saved. Results must be JSON. */
  async stage<T>(
    name: string,
    run: () => Promise<{ value: T; detail: string }>,
  ): Promise<{ value: T; detail: string; seconds?: number }> {
    const saved = this.#file.stages[name]
    if (saved !== undefined) return revive(saved)
    const started = performance.now()
    const result = await run()
    const seconds = (performance.now() - started) / 1000
    const stages = { ...this.#file.stages, [name]: { ...result, seconds } }
    this.#file = { ...this.#file, stages }
    await this.#save()
    return result
  }

  async finish(): Promise<void> {
    this.#file = { ...this.#file, finished: true }
    await this.#save()
  }

  async #save(): Promise<void> {
    const path = join(this.directory, 'state.json')
    await writeFile(
      `${path}.tmp`,
      JSON.stringify({ ...this.#file, checksum: checksum(this.#file) }),
    )
    await rename(`${path}.tmp`, path)
  }
}

/** A hash of values that decide a result. */
export function fingerprintOf(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

/** A saved value has the type it was saved with: the fingerprint covers the program, the checksum the file. */
function revive<T>(saved: SavedStage): { value: T; detail: string; seconds: number } {
  return JSON.parse(JSON.stringify(saved))
}

async function readState(path: string): Promise<StateFile | undefined> {
  try {
    const { checksum: expected, ...file } = JSON.parse(await readFile(path, 'utf8'))
    return expected === checksum(file) ? file : undefined
  } catch {
    // No file, or not one that this program wrote whole: the run starts afresh.
    return undefined
  }
}

function checksum(file: StateFile): string {
  const { fingerprint, finished, startedAt, stages } = file
  return fingerprintOf(fingerprint, finished, startedAt, stages)
}
