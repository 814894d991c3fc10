import type { Block } from './block.js'
import { type ClassifyOptions, classify } from './classify.js'
import { segment } from './segment.js'

export interface ExtractTextOptions extends ClassifyOptions {
  /** Characters of the page that are read; the rest is ignored. Default 10,000,000. */
  readonly maxLength?: number
  /** `'main'` (default) keeps the main text; `'all'` keeps every block of text outside scripts, styles and the like. */
  readonly keep?: 'main' | 'all'
}

/**
 * Main text of a web page: paragraphs separated by a blank line; headings, list items and table rows as lines.
 *
 * Menus, sidebars, footers, forms and other boilerplate go, by text density after jusText and by where they stand in the
 * page. `pre` is kept as it is, table cells are separated by tabs, list items start with `- `. Time is proportional to
 * the length of the page, however it is nested.
 *
 * @throws {TypeError} when `html` is not a string.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { extractText } = await import('./extract-text.js')
 * const story = 'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of ' +
 *   'foolishness, it was the epoch of belief, it was the epoch of incredulity.'
 * const html = `<nav><a href="/">Home</a></nav><h1>Book &amp; chapter</h1><p>${story}<footer>&copy; 1859</footer>`
 * expect(extractText(html)).toBe(`Book & chapter\n\n${story}`)
 * ```
 */
export function extractText(html: string, options: ExtractTextOptions = {}): string {
  if (typeof html !== 'string') {
    throw new TypeError(
      `extractText: expected a string, got ${html === null ? 'null' : typeof html}`,
    )
  }
  const { maxLength = 10_000_000, keep = 'main' } = options
  const segments = segment(html.length > maxLength ? html.slice(0, maxLength) : html)
  const { blocks } = segments
  if (keep === 'all') return layOut(blocks)
  const kept = classify(segments, options)
  return layOut(blocks.filter((_, i) => kept[i]))
}

/** A blank line between blocks, none between the items of a list or the rows of a table. */
function layOut(blocks: readonly Block[]): string {
  let text = ''
  let previous: Block | undefined
  for (const block of blocks) {
    if (previous !== undefined)
      text += isLine(previous) && previous.kind === block.kind ? '\n' : '\n\n'
    text += block.kind === 'item' ? `- ${block.text}` : block.text
    previous = block
  }
  return text
}

function isLine({ kind }: Block): boolean {
  return kind === 'item' || kind === 'row'
}
