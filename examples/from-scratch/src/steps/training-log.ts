import { open, readFile, rename, writeFile } from 'node:fs/promises'
import type { CurvePoint } from '../summary.js'

/** A line of `log.jsonl`. */
export type LogLine =
  | ({
      readonly event: 'step'
      readonly gradientNorm: number
      readonly tokensPerSecond: number
      readonly seconds: number
    } & CurvePoint)
  | {
      readonly event: 'evaluation'
      readonly step: number
      readonly loss: number
      readonly trainingLoss?: number
      readonly seconds: number
    }

/** The log of a training run: in memory for the report, and line by line in a file. */
export class TrainingLog {
  readonly lines: LogLine[] = []
  readonly #path: string
  #waiting: string[] = []

  private constructor(path: string) {
    this.#path = path
  }

  /** Opens the log of a run that goes on, or, unless `continued`, an empty one. */
  static async open(path: string, continued: boolean): Promise<TrainingLog> {
    const log = new TrainingLog(path)
    const text = continued ? await readFile(path, 'utf8').catch(() => '') : ''
    for (const line of text.split('\n')) {
      try {
        if (line !== '') log.lines.push(JSON.parse(line))
      } catch {
        // Half a line, cut off when the run was killed; the step it tells of is made again.
      }
    }
    await log.#rewrite()
    return log
  }

  /** Forgets what came after `step`: a run that goes on from a checkpoint makes those steps again. */
  async goBackTo(step: number): Promise<void> {
    const kept = this.lines.filter((line) => line.step <= step)
    if (kept.length === this.lines.length) return
    this.lines.splice(0, this.lines.length, ...kept)
    this.#waiting = []
    await this.#rewrite()
  }

  async add(line: LogLine): Promise<void> {
    this.lines.push(line)
    this.#waiting.push(`${JSON.stringify(line)}\n`)
    if (this.#waiting.length >= 20 || line.event === 'evaluation') await this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#waiting.join('')
    this.#waiting = []
    const file = await open(this.#path, 'a')
    await file.writeFile(text).finally(() => file.close())
  }

  async #rewrite(): Promise<void> {
    await writeFile(
      `${this.#path}.tmp`,
      this.lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    await rename(`${this.#path}.tmp`, this.#path)
  }
}
