import { hfClasses, WHITE_SPACE } from '../../unicode/hugging-face-classes.js'
import { AlignedBuilder } from '../aligned-builder.js'
import type { Normalizer } from '../normalizer.js'

/** Leaves out white space at the ends. */
export function strip(left: boolean, right: boolean): Normalizer {
  const classes = hfClasses()
  // White space is in the first plane: a unit is a character.
  const isSpace = (text: string, i: number): boolean =>
    ((classes[text.charCodeAt(i)] as number) & WHITE_SPACE) !== 0

  function ends(text: string): [start: number, end: number] {
    let start = 0
    let end = text.length
    if (left) while (start < end && isSpace(text, start)) start++
    if (right) while (end > start && isSpace(text, end - 1)) end--
    return [start, end]
  }

  return {
    json: { type: 'Strip', strip_left: left, strip_right: right },
    apply: (text) => text.slice(...ends(text)),
    align(text) {
      const out = new AlignedBuilder()
      out.keep(text, ...ends(text))
      return out.take()
    },
  }
}
