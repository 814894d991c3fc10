/** Where the well-formed UTF-8 that starts at `from` ends. */
export function utf8End(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const length = characterLength(bytes, at)
    if (length === 0) return at
    at += length
  }
}

/** UTF-8 bytes of the character at a UTF-16 unit; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  return isPair(text, at) ? 4 : 3
}

/** Whether a surrogate pair starts at a UTF-16 unit. */
export function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at)
  if (high < 0xd800 || high >= 0xdc00) return false
  const low = text.charCodeAt(at + 1)
  return low >= 0xdc00 && low < 0xe000
}

/** Bytes of the well-formed character at `at`, 0 where there is none. Table 3-7 of the Unicode Standard. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]
  if (lead === undefined || (lead >= 0x80 && lead < 0xc2) || lead > 0xf4) return 0
  if (lead < 0x80) return 1
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let i = 2; i < length; i++) {
    const next = bytes[at + i] ?? 0
    if (next < 0x80 || next > 0xbf) return 0
  }
  return length
}
