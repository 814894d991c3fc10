import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BackendName } from '@llm/tensor'

/** What the command was asked to do. */
export interface Options {
  /** Files or globs of the user's own; absent for the default corpus. */
  readonly input?: readonly string[]
  /** Minutes of training. */
  readonly minutes: number
  readonly seed: number
  /** Folder for everything a run leaves behind. */
  readonly out: string
  readonly quiet: boolean
  readonly vocabularySize: number
  readonly backend: BackendName | 'auto'
  /** Language of web pages to keep, or `any`. */
  readonly language: string
}

export const help = `Usage: npm start -- [options]

Builds a language model from raw text: cleans it, trains a tokenizer and a GPT-2 on it, and measures the result.
Ctrl-C saves; the same command goes on from there.

  --input <files>      text of your own: .txt .md .html .jsonl .warc .parquet files or globs, quoted; may be repeated.
                       Default: books and speeches in the public domain, and the texts of the installed packages
  --minutes <n>        minutes of training (default 3); everything around it takes about one more
  --seed <n>           decides the split, the first weights and the batches (default 1)
  --out <folder>       where the results go (default out)
  --vocabulary <n>     tokens in the vocabulary (default 4096)
  --backend <name>     what computes: auto tensorflow webgpu native wasm cpu (default auto)
  --language <code>    language of web pages to keep, such as en, or any (default en)
  --quiet              print nothing but errors
  --help               print this
`

/** A mistake in how the command was called: its message is all the user needs. */
export class UsageError extends Error {}

/**
 * Reads the command line; `'help'` when that is what was asked for.
 *
 * @param from the folder that a relative `--out` starts from.
 * @throws UsageError for an option that is unknown or has a value that makes no sense.
 */
export function parseOptions(
  argv: readonly string[],
  from: string = process.cwd(),
): Options | 'help' {
  const values = parse(argv)
  if (values.help === true) return 'help'
  const input = values.input ?? []
  return {
    ...(input.length === 0 ? {} : { input }),
    minutes: number('minutes', values.minutes ?? '3', (n) => n > 0 && n <= 1e6, 'a number above 0'),
    seed: number(
      'seed',
      values.seed ?? '1',
      (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32,
      'a whole number from 0 to 4294967295',
    ),
    out: resolve(from, values.out ?? 'out'),
    quiet: values.quiet ?? false,
    vocabularySize: number(
      'vocabulary',
      values.vocabulary ?? '4096',
      (n) => Number.isInteger(n) && n >= 257 && n <= 65_536,
      'a whole number from 257 to 65536',
    ),
    backend: backendName(values.backend ?? 'auto'),
    language: values.language ?? 'en',
  }
}

function parse(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        input: { type: 'string', multiple: true },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        vocabulary: { type: 'string' },
        backend: { type: 'string' },
        language: { type: 'string' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    // An unquoted glob arrives as several words: those after the first belong to --input.
    if (positionals.length > 0 && values.input === undefined)
      throw new UsageError(`unexpected '${positionals[0]}'; files are given with --input`)
    return {
      ...values,
      ...(values.input === undefined ? {} : { input: [...values.input, ...positionals] }),
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

const backendNames: Readonly<Record<BackendName | 'auto', true>> = {
  auto: true,
  tensorflow: true,
  webgpu: true,
  native: true,
  wasm: true,
  cpu: true,
}

function backendName(text: string): BackendName | 'auto' {
  if (isBackendName(text)) return text
  const names = Object.keys(backendNames).join(' ')
  throw new UsageError(`--backend: expected one of ${names}, got '${text}'`)
}

function isBackendName(text: string): text is BackendName | 'auto' {
  return Object.hasOwn(backendNames, text)
}

function number(
  name: string,
  text: string,
  valid: (value: number) => boolean,
  expected: string,
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!valid(value)) throw new UsageError(`--${name}: expected ${expected}, got '${text}'`)
  return value
}
