import type { PreTokenizer } from '../pipeline/pre-tokenizer.js'
import { type ReadPart, readParts } from './read-parts.js'

const readers: ReadonlyMap<string, ReadPart<PreTokenizer>> = new Map<
  string,
  ReadPart<PreTokenizer>
>([])

/** Reads the `pre_tokenizer` of a tokenizer.json. */
export function readPreTokenizer(value: unknown): PreTokenizer | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'pre_tokenizer', 'pretokenizers', readers)
  return { json, steps: parts.flatMap(({ steps }) => steps) }
}
