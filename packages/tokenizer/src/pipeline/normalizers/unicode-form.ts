import { hfClasses, MARK, UNASSIGNED } from '../../unicode/hugging-face-classes.js'
import { AlignedBuilder } from '../aligned-builder.js'
import type { Normalizer } from '../normalizer.js'

export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/**
 * A normalization form of Unicode 9.0, as tokenizers has it. The engine knows later versions, in which all that 9.0 has
 * is the same: what 9.0 does not have stands apart and stays.
 */
export function unicodeForm(form: UnicodeForm): Normalizer {
  const classes = hfClasses()
  /** All below this is in the form already. */
  const first = form === 'NFC' ? 0x300 : 0x80

  function apply(text: string): string {
    let i = 0
    while (i < text.length && text.charCodeAt(i) < first) i++
    if (i === text.length) return text
    let out = ''
    let from = 0
    while (i < text.length) {
      const point = text.codePointAt(i) as number
      const next = i + (point > 0xffff ? 2 : 1)
      if (((classes[point] as number) & UNASSIGNED) !== 0) {
        out += text.slice(from, i).normalize(form) + text.slice(i, next)
        from = next
      }
      i = next
    }
    return out + text.slice(from).normalize(form)
  }

  return {
    json: { type: form },
    apply,
    align(text) {
      const out = new AlignedBuilder()
      let start = 0
      let before = ''
      for (let i = 0; i < text.length; ) {
        const point = text.codePointAt(i) as number
        const next = i + (point > 0xffff ? 2 : 1)
        const character = text.slice(i, next)
        if (i > start && isBorder(before, point, character)) {
          add(start, i, before)
          start = i
          before = character
        } else before += character
        i = next
      }
      add(start, text.length, before)
      return out.take()

      function add(from: number, to: number, source: string): void {
        const normal = apply(source)
        if (normal === source) out.keep(text, from, to)
        else out.add(normal, from, to)
      }
    },
  }

  /** Whether what is before a character and the character do not touch each other. */
  function isBorder(before: string, point: number, character: string): boolean {
    if (((classes[point] as number) & MARK) !== 0) return false
    return apply(before + character) === apply(before) + apply(character)
  }
}
