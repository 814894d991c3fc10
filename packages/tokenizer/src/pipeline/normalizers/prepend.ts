import { AlignedBuilder } from '../aligned-builder.js'
import type { Normalizer } from '../normalizer.js'

/** Puts something in front of a text that is not empty: it has the place of the first character. */
export function prepend(prefix: string): Normalizer {
  return {
    json: { type: 'Prepend', prepend: prefix },
    apply: (text) => (text === '' ? '' : prefix + text),
    align(text) {
      const out = new AlignedBuilder()
      if (text !== '') out.add(prefix, 0, firstEnd(text))
      out.keep(text, 0, text.length)
      return out.take()
    },
  }
}

/** Where the first character of a text ends. */
export function firstEnd(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1
}
