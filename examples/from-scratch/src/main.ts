import { relative } from 'node:path'
import { help, type Options, parseOptions, UsageError } from './options.js'
import { run } from './run.js'
import type { RunSummary } from './summary.js'
import { createTerminal, printable, type Terminal } from './terminal.js'

/** Exit codes: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C. */
async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv)
  if (options === 'help') {
    process.stdout.write(help)
    return 0
  }
  const terminal = createTerminal(process.stdout, options)
  const end = await run(options, terminal, stopSignal(terminal))
  if (end.status === 'stopped') {
    terminal.print(
      '\n  Stopped and saved. Start it again with the same options to go on from here.',
    )
    return 130
  }
  printResults(end.summary, options, terminal)
  return 0
}

/** The first Ctrl-C stops the run where it can be saved; a second one ends it at once. */
function stopSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130)
    terminal.print('  Stopping after this step; once more to end at once.')
    controller.abort(new Error('stopped by a signal'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}

function printResults({ result, samples }: RunSummary, { out }: Options, terminal: Terminal): void {
  terminal.print(`\n  Bits per byte of the validation text (fewer is better)`)
  const rows = [...result.baselines, { name: 'this model', bitsPerByte: result.bitsPerByte }]
  const order = (bits: number | undefined): number => bits ?? Number.POSITIVE_INFINITY
  for (const { name, bitsPerByte } of rows.sort(
    (a, b) => order(b.bitsPerByte) - order(a.bitsPerByte),
  )) {
    const mark = name === 'this model' ? '->' : '  '
    terminal.print(`  ${mark} ${name.padEnd(22)}${bitsPerByte?.toFixed(3) ?? 'not measured'}`)
  }
  for (const { prompt, text } of samples.slice(0, 3)) {
    terminal.print(`\n${wrap(`[${printable(prompt)}]${printable(text)}`)}`)
  }
  const near = relative(process.cwd(), out)
  const folder = near.startsWith('..') ? out : near || '.'
  terminal.print(`\n  ${folder}/report.html   everything above and more, with pictures`)
  terminal.print(`  ${folder}/model/        the model, as Hugging Face transformers reads it`)
}

function wrap(text: string): string {
  const lines: string[] = []
  let line = ' '
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length > 78 && line !== ' ') {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const usage = error instanceof UsageError
  const message = error instanceof Error ? (process.env.DEBUG ? error.stack : error.message) : error
  process.stderr.write(`${usage ? `${message}\nTry npm start -- --help` : message}\n`)
  process.exitCode = usage ? 2 : 1
}
