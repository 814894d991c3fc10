// Text in which bytes can stand: a byte below 0x80 is its character, another one the lone surrogate 0xDC00 + byte, as in
// Python's "surrogateescape".

const LONE_SURROGATE = /[\ud800-\udfff]/u

/** A byte in such a text. */
export function rawByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
}

/** The bytes of such a text: UTF-8, and the bytes that stand in it. */
export function toBytes(text: string): Uint8Array {
  const utf8 = new TextEncoder()
  if (!LONE_SURROGATE.test(text)) return utf8.encode(text)
  const out: number[] = []
  for (const character of text) {
    const unit = character.charCodeAt(0)
    if (character.length === 1 && unit >= 0xdc80 && unit < 0xdd00) out.push(unit - 0xdc00)
    else out.push(...utf8.encode(character))
  }
  return Uint8Array.from(out)
}
