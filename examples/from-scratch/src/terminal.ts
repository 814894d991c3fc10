import { duration } from './report/format.js'

/** Where text goes; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** What a stage says of itself. */
export interface StageResult<T> {
  readonly value: T
  /** One line for the reader: what came out. */
  readonly detail: string
  /** Seconds it took when it was run, if it was not run now. */
  readonly seconds?: number
}

/** Prints a run as one column: a line per stage, and while a stage runs one line that changes. */
export interface Terminal {
  print(text: string): void
  /** Shows how far the stage is: in place on a terminal, a line every ten seconds elsewhere. */
  progress(text: string): void
  /** Runs a stage and prints its line. */
  stage<T>(name: string, run: () => Promise<StageResult<T>>): Promise<{ value: T; seconds: number }>
}

const nameWidth = 16
const detailWidth = 48

export function createTerminal(
  output: Output,
  { quiet = false }: { quiet?: boolean } = {},
): Terminal {
  const interval = output.isTTY === true ? 100 : 10_000
  let current = ''
  let live = false
  let last = performance.now()

  const write = (text: string): void => {
    if (!quiet) output.write(text)
  }
  const clear = (): void => {
    if (live) write('\r\x1b[K')
    live = false
  }
  return {
    print(text) {
      clear()
      write(`${text}\n`)
    },
    progress(text) {
      const now = performance.now()
      if (now - last < interval) return
      last = now
      const line = `  ${current.padEnd(nameWidth)}${printable(text)}`
      if (output.isTTY === true) {
        write(`\r\x1b[K${line.slice(0, (output.columns ?? 80) - 1)}`)
        live = !quiet
      } else write(`${line}\n`)
    },
    async stage(name, run) {
      current = name
      last = performance.now()
      const started = performance.now()
      let result: Awaited<ReturnType<typeof run>>
      try {
        result = await run()
      } finally {
        clear()
      }
      const seconds = result.seconds ?? (performance.now() - started) / 1000
      const time = result.seconds === undefined ? duration(seconds) : 'done before'
      write(
        `  ${name.padEnd(nameWidth)}${printable(result.detail).padEnd(detailWidth)} ${time.padStart(12)}\n`,
      )
      return { value: result.value, seconds }
    },
  }
}

/** Names of files come from strangers, and a terminal obeys control characters. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}
