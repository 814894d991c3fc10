import type { PartJson } from '../../hugging-face/format.js'
import {
  hfClasses,
  NUMBER,
  PUNCTUATION,
  WHITE_SPACE,
  WORD,
} from '../../unicode/hugging-face-classes.js'
import { cutAtMatches, type SplitBehavior } from '../cut-at-matches.js'
import { findCharacters, findText } from '../find-matches.js'
import type { Cut, PreTokenizer } from '../pre-tokenizer.js'
import { runs } from './runs.js'

/** Words between white space. */
export function whitespaceSplit(): PreTokenizer {
  const classes = hfClasses()
  return single(
    { type: 'WhitespaceSplit' },
    runs((point) => (is(classes, point, WHITE_SPACE) ? 0 : 1)),
  )
}

/** `\w+|[^\w\s]+` */
export function whitespace(): PreTokenizer {
  const classes = hfClasses()
  return single(
    { type: 'Whitespace' },
    runs((point) => (is(classes, point, WORD) ? 1 : is(classes, point, WHITE_SPACE) ? 0 : 2)),
  )
}

/** Words between white space, each punctuation mark for itself. */
export function bertPreTokenizer(): PreTokenizer {
  const classes = hfClasses()
  return single({ type: 'BertPreTokenizer' }, (text, emit) => {
    let from = 0
    for (let i = 0; i < text.length; ) {
      const point = text.codePointAt(i) as number
      const next = i + (point > 0xffff ? 2 : 1)
      if (is(classes, point, PUNCTUATION | WHITE_SPACE)) {
        if (i > from) emit(from, i)
        if (is(classes, point, PUNCTUATION)) emit(i, next)
        from = next
      }
      i = next
    }
    if (from < text.length) emit(from, text.length)
  })
}

export function punctuation(behavior: SplitBehavior): PreTokenizer {
  const classes = hfClasses()
  const find = findCharacters((point) => is(classes, point, PUNCTUATION))
  return single({ type: 'Punctuation', behavior }, cutAtMatches(find, behavior))
}

/** Numbers apart from the rest, all digits in one or each for itself. */
export function digits(individual: boolean): PreTokenizer {
  const classes = hfClasses()
  const find = findCharacters((point) => is(classes, point, NUMBER))
  return single(
    { type: 'Digits', individual_digits: individual },
    cutAtMatches(find, individual ? 'Isolated' : 'Contiguous'),
  )
}

export function charDelimiterSplit(delimiter: string): PreTokenizer {
  return single(
    { type: 'CharDelimiterSplit', delimiter },
    cutAtMatches(findText(delimiter), 'Removed'),
  )
}

/** Pieces of `length` characters; the last may be shorter. */
export function fixedLength(length: number): PreTokenizer {
  return single({ type: 'FixedLength', length }, (text, emit) => {
    let from = 0
    let count = 0
    for (let i = 0; i < text.length; ) {
      i += (text.codePointAt(i) as number) > 0xffff ? 2 : 1
      if (++count === length || i === text.length) {
        emit(from, i)
        from = i
        count = 0
      }
    }
  })
}

function single(json: PartJson, cut: Cut): PreTokenizer {
  return { json, steps: [{ cut }] }
}

function is(classes: Uint8Array, point: number, bits: number): boolean {
  return ((classes[point] as number) & bits) !== 0
}
