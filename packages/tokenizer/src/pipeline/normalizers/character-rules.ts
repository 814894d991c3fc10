import { spell } from '../../bpe/byte-alphabet.js'
import { hfClasses, lowerCase, MARK } from '../../unicode/hugging-face-classes.js'
import type { Normalizer } from '../normalizer.js'
import { characterNormalizer } from './character-normalizer.js'

/** Lower case, each character for itself: no final sigma, and of the special cases only that of U+0130. */
export function lowercase(): Normalizer {
  const lower = lowerCase()
  const normalizer = characterNormalizer({ type: 'Lowercase' }, /[A-Z\x80-\uffff]/g, (point) => {
    if (point < 0x80) {
      return point >= 0x41 && point <= 0x5a ? String.fromCharCode(point + 32) : undefined
    }
    if (point === 0x130) return 'i\u0307'
    const target = lower.get(point)
    return target === undefined ? undefined : String.fromCodePoint(target)
  })
  return {
    ...normalizer,
    apply: (text) => (isAscii(text) ? text.toLowerCase() : normalizer.apply(text)),
  }
}

/** Leaves out all marks, which normalization to NFD parts from their letters. */
export function stripAccents(): Normalizer {
  const classes = hfClasses()
  return characterNormalizer({ type: 'StripAccents' }, /[\u0300-\uffff]/g, (point) =>
    ((classes[point] as number) & MARK) === 0 ? undefined : '',
  )
}

/** The rules that sentencepiece calls nmt: control characters vanish, spaces of all kinds become one. */
export function nmt(): Normalizer {
  return characterNormalizer({ type: 'Nmt' }, /[^ -~]/g, (point) => {
    if (SPACES.has(point) || (point >= 0x200b && point <= 0x200f)) return ' '
    if (point === 0 || point > 0x9f) return undefined
    const vanishes = point < 0x20 || point === 0x7f || point === 0x8f || point === 0x9f
    return vanishes ? '' : undefined
  })
}

const SPACES: ReadonlySet<number> = /* @__PURE__ */ new Set([
  0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd,
])

/** The bytes of every character in GPT-2's alphabet. */
export function byteAlphabet(): Normalizer {
  const utf8 = new TextEncoder()
  const spelling = (point: number): string => spell(utf8.encode(String.fromCodePoint(point)))
  const space = spelling(0x20)
  return characterNormalizer({ type: 'ByteLevel' }, /[^!-~]/g, (point) =>
    point > 0x20 && point < 0x7f ? undefined : point === 0x20 ? space : spelling(point),
  )
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}
