/** Told of every word: where it starts and ends in the text. */
export type VisitWord = (start: number, end: number) => void

/**
 * Finds the words of a text: runs of Unicode letters and digits, `/[\p{L}\p{N}]+/gu`.
 *
 * A table answers for the Basic Multilingual Plane, so that no expression runs per word.
 */
export function visitWords(text: string, visit: VisitWord): void {
  const { length } = text
  let start = -1
  for (let i = 0; i < length; ) {
    const code = text.charCodeAt(i)
    let size = 1
    let inWord: boolean
    if (code < 0xd800 || code > 0xdfff) inWord = isWordCode(code)
    else {
      const point = text.codePointAt(i) ?? code
      if (point > 0xffff) size = 2
      inWord = point > 0xffff && wordCharacter.test(String.fromCodePoint(point))
    }
    if (inWord) {
      if (start < 0) start = i
    } else if (start >= 0) {
      visit(start, i)
      start = -1
    }
    i += size
  }
  if (start >= 0) visit(start, length)
}

const wordCharacter = /[\p{L}\p{N}]/u

/** 0 not asked yet, 1 no, 2 yes; by UTF-16 code unit. */
const table = /* @__PURE__ */ new Uint8Array(65_536)

function isWordCode(code: number): boolean {
  const known = table[code]!
  if (known !== 0) return known === 2
  const is = wordCharacter.test(String.fromCharCode(code))
  table[code] = is ? 2 : 1
  return is
}
