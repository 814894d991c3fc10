import type { Decoder } from '../pipeline/decoder.js'
import { type ReadPart, readParts } from './read-parts.js'

const readers: ReadonlyMap<string, ReadPart<Decoder>> = new Map<string, ReadPart<Decoder>>([])

/** Reads the `decoder` of a tokenizer.json. */
export function readDecoder(value: unknown): Decoder | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'decoder', 'decoders', readers)
  return {
    json,
    steps: parts.flatMap(({ steps }) => steps),
    dropLastSpace: parts.some(({ dropLastSpace }) => dropLastSpace),
  }
}
