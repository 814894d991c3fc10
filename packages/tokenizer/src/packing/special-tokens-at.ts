/** Ids that are put to documents. */
export interface Marks {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly between: readonly number[]
}

/** Where special tokens go, as options say it. */
export interface MarkOptions {
  /**
   * Where special tokens go: before each document, after each, both, only between two, or nowhere.
   * Default: `'end'` with `endOfDocument`, else `'none'`.
   */
  readonly specialTokens?: 'start' | 'end' | 'both' | 'between' | 'none'
  /** The id after or between documents, such as that of `<|endoftext|>` or `[eod]`. */
  readonly endOfDocument?: number
  /** The id before documents. Default: `endOfDocument`, as GPT-2's one special token serves for both. */
  readonly startOfDocument?: number
}

/** @throws RangeError when an option is none, or the id that it needs is not given. */
export function marks(name: string, options: MarkOptions): Marks {
  const { endOfDocument, startOfDocument = endOfDocument } = options
  const { specialTokens: at = endOfDocument === undefined ? 'none' : 'end' } = options
  const start = () => [id(name, 'startOfDocument', startOfDocument, at)]
  const end = () => [id(name, 'endOfDocument', endOfDocument, at)]
  if (at === 'start') return { before: start(), after: [], between: [] }
  if (at === 'end') return { before: [], after: end(), between: [] }
  if (at === 'both') return { before: start(), after: end(), between: [] }
  if (at === 'between') return { before: [], after: [], between: end() }
  if (at === 'none') return { before: [], after: [], between: [] }
  throw new RangeError(
    `${name}: expected specialTokens to be 'start', 'end', 'both', 'between' or 'none', got ${JSON.stringify(at)}`,
  )
}

function id(name: string, option: string, value: number | undefined, at: string): number {
  if (value !== undefined && value >>> 0 === value) return value
  throw new RangeError(
    `${name}: expected an id as ${option} for specialTokens '${at}', got ${value}`,
  )
}
