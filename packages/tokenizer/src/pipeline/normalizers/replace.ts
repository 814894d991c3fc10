import type { PartJson } from '../../hugging-face/format.js'
import { AlignedBuilder } from '../aligned-builder.js'
import type { FindMatches } from '../find-matches.js'
import type { Normalizer } from '../normalizer.js'

/** Puts `content` in the place of every match. */
export function replace(json: PartJson, find: FindMatches, content: string): Normalizer {
  return {
    json,
    apply(text) {
      let out = ''
      let from = 0
      find(text, (start, end) => {
        out += text.slice(from, start) + content
        from = end
      })
      return from === 0 && out === '' ? text : out + text.slice(from)
    },
    align(text) {
      const out = new AlignedBuilder()
      let from = 0
      find(text, (start, end) => {
        out.keep(text, from, start)
        out.add(content, start, end)
        from = end
      })
      out.keep(text, from, text.length)
      return out.take()
    },
  }
}
