import type { PartJson } from '../../hugging-face/format.js'
import { compose, unchanged } from '../aligned-text.js'
import type { Normalizer } from '../normalizer.js'

/** Normalizers one after the other. */
export function sequence(json: PartJson, parts: readonly Normalizer[]): Normalizer {
  const [first, ...rest] = parts
  if (first === undefined) return { json, apply: (text) => text, align: unchanged }
  if (rest.length === 0) return { ...first, json }
  return {
    json,
    apply: (text) => parts.reduce((normal, part) => part.apply(normal), text),
    align: (text) =>
      rest.reduce((before, part) => compose(before, part.align(before.text)), first.align(text)),
  }
}
