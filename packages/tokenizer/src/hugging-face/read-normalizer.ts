import { compose, unchanged } from '../pipeline/aligned-text.js'
import type { Normalizer } from '../pipeline/normalizer.js'
import { type ReadPart, readParts } from './read-parts.js'

const readers: ReadonlyMap<string, ReadPart<Normalizer>> = new Map<string, ReadPart<Normalizer>>([])

/** Reads the `normalizer` of a tokenizer.json. */
export function readNormalizer(value: unknown): Normalizer | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'normalizer', 'normalizers', readers)
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return { ...only, json }
  return {
    json,
    apply: (text) => parts.reduce((normal, part) => part.apply(normal), text),
    align: (text) =>
      parts.reduce((before, part) => compose(before, part.align(before.text)), unchanged(text)),
  }
}
