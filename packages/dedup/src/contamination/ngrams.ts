import { mix } from '../hash.js'

/** Told of each n-gram: two 32-bit halves of its hash, and where it starts and ends in the text. */
export type VisitNgram = (high: number, low: number, start: number, end: number) => void

/**
 * Visits the n-grams of a text as GPT-3 counted them: lower-cased words, cut at white space, without punctuation
 * (Brown et al. 2020, appendix C). A word of nothing but punctuation is none.
 *
 * Punctuation is what Unicode calls punctuation or symbols. The 64-bit hash is over the words, not the white space.
 */
export function visitNgrams(text: string, n: number, visit: VisitNgram): void {
  const high = new Uint32Array(n)
  const low = new Uint32Array(n)
  const starts = new Float64Array(n)
  const powerHigh = power(multiplierHigh, n - 1)
  const powerLow = power(multiplierLow, n - 1)
  let rollingHigh = 0
  let rollingLow = 0
  let words = 0
  visitPlainWords(text, (wordHigh, wordLow, start, end) => {
    const at = words % n
    if (words >= n) {
      rollingHigh -= Math.imul(high[at]!, powerHigh)
      rollingLow -= Math.imul(low[at]!, powerLow)
    }
    high[at] = wordHigh
    low[at] = wordLow
    starts[at] = start
    rollingHigh = (Math.imul(rollingHigh, multiplierHigh) + wordHigh) | 0
    rollingLow = (Math.imul(rollingLow, multiplierLow) + wordLow) | 0
    words++
    if (words >= n) visit(mix(rollingHigh), mix(rollingLow ^ rollingHigh), starts[words % n]!, end)
  })
}

/** The words of an n-gram as they are compared: lower case, no punctuation, one blank between them. */
export function plainWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/[\p{P}\p{S}]/gu, ''))
    .filter((word) => word !== '')
}

type VisitHashedWord = (high: number, low: number, start: number, end: number) => void

/** Two independent hashes per word; characters that are dropped are stepped over, so no strings are made. */
function visitPlainWords(original: string, visit: VisitHashedWord): void {
  const lower = original.toLowerCase()
  // Lower-casing a few letters changes their length (İ); positions are then those of the lower-cased text.
  let high = 0
  let low = 0
  let length = 0
  let start = 0
  const end = (at: number): void => {
    if (length > 0) visit(mix(high ^ length), mix(low + length), start, at)
    length = 0
  }
  for (let i = 0; i < lower.length; ) {
    const point = lower.codePointAt(i)!
    const size = point > 0xffff ? 2 : 1
    const kind = kindOf(point)
    if (kind === space) end(i)
    else if (kind === letter) {
      if (length === 0) {
        start = i
        high = 0x811c9dc5
        low = 0x2545f491
      }
      high = Math.imul(high ^ point, 0x01000193)
      low = Math.imul((low << 13) | (low >>> 19), 5) ^ Math.imul(point, 0xcc9e2d51)
      length++
    }
    i += size
  }
  end(lower.length)
}

const space = 1
const dropped = 2
const letter = 3
const kinds = /* @__PURE__ */ new Uint8Array(65_536)

function kindOf(point: number): number {
  const known = point < 65_536 ? kinds[point]! : 0
  if (known !== 0) return known
  const character = String.fromCodePoint(point)
  const kind = /\s/.test(character) ? space : /[\p{P}\p{S}]/u.test(character) ? dropped : letter
  if (point < 65_536) kinds[point] = kind
  return kind
}

const multiplierHigh = 0x9e3779b1
const multiplierLow = 0x85ebca77

function power(base: number, exponent: number): number {
  let result = 1
  for (let k = 0; k < exponent; k++) result = Math.imul(result, base)
  return result
}
