import { createHash } from 'node:crypto'

/** One text with what is known about it: the unit every reader yields and every stage takes. */
export interface Document {
  /** Unique within a corpus and stable between runs; see each reader for how it is made. */
  readonly id: string
  /** The text itself, or the markup when `mediaType` says so. */
  readonly text: string
  /** `'text/plain'` when absent; `'text/html'`, `'text/markdown'`. */
  readonly mediaType?: string
  /** The file it was read from, relative to the reader's `cwd`, with forward slashes. */
  readonly source?: string
  /** Where the text was published. */
  readonly url?: string
  /** SPDX licence expression, such as `'MIT'` or `'CC-BY-4.0'`. */
  readonly license?: string
  /** Everything else: unknown fields of the record read, and what stages add. JSON values only. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** What a rule found in one document, and whether the document may stay. */
export interface Verdict {
  readonly keep: boolean
  /** The rule's name. */
  readonly rule: string
  /** What was measured. */
  readonly value: number | string
  /** What it was compared with. */
  readonly threshold: number | string
  /** One sentence for a reader. */
  readonly reason: string
}

/** Called by a stage for each document it drops, with the verdict that explains it. */
export type OnDrop = (document: Document, verdict: Verdict) => void

/**
 * The first 16 hexadecimal digits of the SHA-256 of the UTF-8 bytes of `text`; used to make ids.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { hashText } = await import('./document.js')
 * expect(hashText('abc')).toBe('ba7816bf8f01cfea')
 * ```
 */
export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16)
}
