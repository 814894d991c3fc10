import type { Document, OnDrop, Stage } from '@llm/data'
import { type ExtractTextOptions, extractText } from './html/extract-text.js'
import { type MarkdownOptions, markdownToText } from './markdown/markdown-to-text.js'

export interface ExtractOptions {
  /** Told of documents in which no text was found. */
  readonly onDrop?: OnDrop
  readonly html?: ExtractTextOptions
  readonly markdown?: MarkdownOptions
}

/**
 * A stage that turns HTML and Markdown documents, told apart by `mediaType`, into plain text.
 *
 * Documents of other media types pass unchanged. Those in which no text is found are dropped as `extract`.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { extract } = await import('./extract.js')
 * async function* input() {
 *   yield { id: 'a', text: '# Title\n\nSee [the docs](https://example.org).', mediaType: 'text/markdown' }
 *   yield { id: 'b', text: '<script>1</script>', mediaType: 'text/html' }
 * }
 * const dropped: string[] = []
 * const stage = extract({ onDrop: (document, verdict) => dropped.push(`${document.id}: ${verdict.reason}`) })
 * for await (const document of stage(input())) {
 *   expect(document).toEqual({ id: 'a', text: 'Title\n\nSee the docs.', mediaType: 'text/plain' })
 * }
 * expect(dropped).toEqual(['b: no text found in text/html'])
 * ```
 */
export function extract(options: ExtractOptions = {}): Stage {
  const { onDrop, html, markdown } = options
  return async function* (input: AsyncIterable<Document>) {
    for await (const document of input) {
      const type = mediaType(document)
      let text: string
      if (type === 'text/html' || type === 'application/xhtml+xml')
        text = extractText(document.text, html)
      else if (type === 'text/markdown' || type === 'text/x-markdown')
        text = markdownToText(document.text, markdown)
      else {
        yield document
        continue
      }
      if (text !== '') yield { ...document, text, mediaType: 'text/plain' }
      else {
        const reason = `no text found in ${type}`
        onDrop?.(document, { keep: false, rule: 'extract', value: 0, threshold: 1, reason })
      }
    }
  }
}

/** Lower case, without parameters such as `; charset=utf-8`. */
function mediaType(document: Document): string {
  return (document.mediaType ?? 'text/plain').split(';', 1)[0]!.trim().toLowerCase()
}
