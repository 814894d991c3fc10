/**
 * Undoes UTF-8 that was read as Windows-1252 (`cafÃ©` for `café`), line by line, and only where it is certain.
 *
 * A line is repaired when every run of non-ASCII characters in it maps to Windows-1252 bytes that are valid UTF-8, and
 * at least one of them could hardly be meant as it stands: a letter followed by a sign that does not follow letters in
 * any language. `CAFÉ”` is left alone, although its last two characters would decode, and so is a line with both
 * `cafÃ©` and `café`. Text encoded twice is repaired twice.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { repairMojibake } = await import('./mojibake.js')
 * expect(repairMojibake('cafÃ© â€“ itâ€™s')).toBe('café – it’s')
 * expect(repairMojibake('“UN CAFÉ”')).toBe('“UN CAFÉ”')
 * ```
 */
export function repairMojibake(text: string): string {
  if (!suspicious.test(text)) return text
  return text
    .split('\n')
    .map((line) => repairLine(line))
    .join('\n')
}

/** A character that stands for a UTF-8 lead byte, then one that stands for a continuation byte. */
const suspicious =
  /[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/

/** The characters Windows-1252 has at 0x80 to 0x9F; its five holes stand for themselves. */
const upper =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

const upperBytes: ReadonlyMap<number, number> = /* @__PURE__ */ new Map(
  Array.from(upper, (character, i) => [character.charCodeAt(0), 0x80 + i]),
)

function repairLine(line: string): string {
  // Each round shortens the line; text encoded k times has grown at least 2^k-fold, so rounds are few.
  for (let current = line; ; ) {
    const next = suspicious.test(current) ? decodeLine(current) : undefined
    if (next === undefined) return current
    current = next
  }
}

/** The line decoded once, or undefined when any of it speaks against that. */
function decodeLine(line: string): string | undefined {
  let certain = false
  let result = ''
  for (let i = 0; i < line.length; ) {
    const code = line.charCodeAt(i)
    if (code < 0x80) {
      result += line[i]
      i++
      continue
    }
    const lead = byteOf(code)
    const length =
      lead >= 0xc2 && lead < 0xe0
        ? 2
        : lead >= 0xe0 && lead < 0xf0
          ? 3
          : lead >= 0xf0 && lead < 0xf5
            ? 4
            : 0
    if (length === 0) return undefined
    let point = lead & (0x7f >> length)
    for (let k = 1; k < length; k++) {
      const byte = i + k < line.length ? byteOf(line.charCodeAt(i + k)) : 0
      if ((byte & 0xc0) !== 0x80) return undefined
      point = (point << 6) | (byte & 0x3f)
    }
    if (!isPlausible(point, length)) return undefined
    certain ||= isCertain(lead, line.slice(i + 1, i + length))
    result += String.fromCodePoint(point)
    i += length
  }
  return certain ? result : undefined
}

/** The Windows-1252 byte of a UTF-16 code unit, or -1. */
function byteOf(code: number): number {
  if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code
  return upperBytes.get(code) ?? -1
}

/** Shortest form, no surrogate, no control character but those that stand for the holes of Windows-1252. */
function isPlausible(point: number, length: number): boolean {
  if (length === 2) return point >= 0xa0 || upperBytes.get(point) === point
  if (length === 3) return point >= 0x800 && (point < 0xd800 || point > 0xdfff)
  return point >= 0x10000 && point <= 0x10ffff
}

/**
 * Whether a letter and the signs behind it could hardly be meant: a sign that does not follow letters, or `â` with two
 * signs (the misread quotes and dashes), or `Â` and `Ã`, which end words in capitals only, before other than punctuation.
 */
function isCertain(lead: number, following: string): boolean {
  if (lead === 0xe2) return true
  return Array.from(following, (character) => character.charCodeAt(0)).some(
    (sign) => !punctuation.has(sign) && (lead <= 0xc3 || !signs.has(sign)),
  )
}

const codes = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (character) => character.charCodeAt(0)))

/** What follows letters in ordinary text: no-break space, soft hyphen, quotes, dashes, ellipsis, bullets. */
const punctuation = /* @__PURE__ */ codes(
  '\xa0\xab\xad\xb7\xbb\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2020\u2021\u2022\u2026\u2039\u203a',
)

/** What follows letters now and then: section, copyright, ordinal, degree and trademark signs, exponents, currency. */
const signs = /* @__PURE__ */ codes('\xa7\xa9\xaa\xae\xb0\xb2\xb3\xb4\xb9\xba\u2030\u2122\u20ac')
