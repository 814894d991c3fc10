import type { Document } from '../document.js'

/**
 * A document as one line of JSON, `\n` included, fields in a fixed order: what `writeJsonl` writes and what shards are measured
 * and hashed by in every format.
 *
 * @throws when id or text is not a string, or the metadata is not JSON.
 */
export function documentLine(writer: string, document: Document): string {
  const { id, text, mediaType, source, url, license, metadata } = document
  if (typeof id !== 'string' || typeof text !== 'string') {
    throw new TypeError(
      `${writer}: expected documents with a string id and text, got id ${typeof id} and text ${typeof text}`,
    )
  }
  try {
    return `${JSON.stringify({ id, text, mediaType, source, url, license, metadata })}\n`
  } catch (cause) {
    throw new TypeError(
      `${writer}: expected metadata that is JSON, got other values in document "${id}"`,
      {
        cause,
      },
    )
  }
}
