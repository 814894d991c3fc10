import type { PartJson } from '../../hugging-face/format.js'
import type { AlignedText } from '../../model.js'
import { AlignedBuilder } from '../aligned-builder.js'
import type { Normalizer } from '../normalizer.js'

/**
 * A normalizer that looks at one character at a time.
 * @param candidates a global expression for one UTF-16 unit: all that can change, surrogates among them
 * @param rewrite what a code point becomes, or undefined where it stays
 */
export function characterNormalizer(
  json: PartJson,
  candidates: RegExp,
  rewrite: (point: number) => string | undefined,
): Normalizer {
  return {
    json,
    apply(text) {
      let out = ''
      let from = 0
      for (let i = 0; i < text.length; ) {
        if (text.charCodeAt(i) < 0x80) {
          // Most text is ASCII that stays: the engine finds its end faster than a loop.
          candidates.lastIndex = i
          if (!candidates.test(text)) break
          i = candidates.lastIndex - 1
        }
        const point = text.codePointAt(i) as number
        const next = i + (point > 0xffff ? 2 : 1)
        const replacement = rewrite(point)
        if (replacement !== undefined) {
          out += text.slice(from, i) + replacement
          from = next
        }
        i = next
      }
      return from === 0 ? text : out + text.slice(from)
    },
    align(text): AlignedText {
      const out = new AlignedBuilder()
      for (let i = 0; i < text.length; ) {
        const point = text.codePointAt(i) as number
        const next = i + (point > 0xffff ? 2 : 1)
        out.add(rewrite(point) ?? text.slice(i, next), i, next)
        i = next
      }
      return out.take()
    },
  }
}
