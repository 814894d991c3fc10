import { AlignedBuilder } from '../aligned-builder.js'
import type { Normalizer } from '../normalizer.js'

/** Puts something in front of a text that is not empty. */
export function prepend(prefix: string): Normalizer {
  return {
    json: { type: 'Prepend', prepend: prefix },
    apply: (text) => (text === '' ? '' : prefix + text),
    align(text) {
      const out = new AlignedBuilder()
      if (text !== '') out.add(prefix, 0, 0)
      out.keep(text, 0, text.length)
      return out.take()
    },
  }
}
