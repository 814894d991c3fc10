import {
  CONTROL,
  hfClasses,
  NONSPACING_MARK,
  WHITE_SPACE,
} from '../../unicode/hugging-face-classes.js'
import type { Normalizer } from '../normalizer.js'
import { characterNormalizer } from './character-normalizer.js'
import { lowercase } from './character-rules.js'
import { sequence } from './sequence.js'
import { unicodeForm } from './unicode-form.js'

export interface BertNormalizerOptions {
  /** Leave out control characters, make all white space a space. */
  readonly cleanText: boolean
  /** Spaces around Chinese characters, so that each is a word. */
  readonly handleChineseCharacters: boolean
  /** Null: where `lowercase` is set. */
  readonly stripAccents: boolean | null
  readonly lowercase: boolean
}

/** The cleaning of "BERT: Pre-training of Deep Bidirectional Transformers" (Devlin et al., 2018), tokenization.py. */
export function bertNormalizer(options: BertNormalizerOptions): Normalizer {
  const { cleanText, handleChineseCharacters, stripAccents } = options
  const json = {
    type: 'BertNormalizer',
    clean_text: cleanText,
    handle_chinese_chars: handleChineseCharacters,
    strip_accents: stripAccents,
    lowercase: options.lowercase,
  }
  return sequence(json, [
    ...(cleanText ? [clean()] : []),
    ...(handleChineseCharacters ? [spaceAroundChinese()] : []),
    ...((stripAccents ?? options.lowercase) ? [unicodeForm('NFD'), withoutMarks()] : []),
    ...(options.lowercase ? [lowercase()] : []),
  ])
}

function clean(): Normalizer {
  const classes = hfClasses()
  return characterNormalizer({ type: 'clean' }, /[^ -~]/g, (point) => {
    if (point >= 0x20 && point < 0x7f) return undefined
    if (point === 0x09 || point === 0x0a || point === 0x0d) return ' '
    const kind = classes[point] as number
    if (point === 0xfffd || (kind & CONTROL) !== 0) return ''
    return (kind & WHITE_SPACE) === 0 ? undefined : ' '
  })
}

function spaceAroundChinese(): Normalizer {
  return characterNormalizer({ type: 'chinese' }, /[\u3400-\uffff]/g, (point) =>
    isChinese(point) ? ` ${String.fromCodePoint(point)} ` : undefined,
  )
}

function withoutMarks(): Normalizer {
  const classes = hfClasses()
  return characterNormalizer({ type: 'marks' }, /[\u0300-\uffff]/g, (point) =>
    ((classes[point] as number) & NONSPACING_MARK) === 0 ? undefined : '',
  )
}

function isChinese(point: number): boolean {
  return (
    (point >= 0x4e00 && point <= 0x9fff) ||
    (point >= 0x3400 && point <= 0x4dbf) ||
    (point >= 0x20000 && point <= 0x2a6df) ||
    (point >= 0x2a700 && point <= 0x2b73f) ||
    (point >= 0x2b740 && point <= 0x2b81f) ||
    (point >= 0x2b920 && point <= 0x2ceaf) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0x2f800 && point <= 0x2fa1f)
  )
}
