/**
 * GPT-2's reversible spelling of bytes as printable characters: those that are printable in Latin-1 stand for
 * themselves, the other 68 are U+0100 and up in order. A space is written Ġ, a newline Ċ.
 */
export const byteToCharacter: readonly string[] = /* @__PURE__ */ alphabet()

/** The byte that each character code of that spelling stands for, -1 for the others. */
const byteOf: Int16Array = /* @__PURE__ */ byteToCharacter.reduce((table, character, byte) => {
  table[character.charCodeAt(0)] = byte
  return table
}, /* @__PURE__ */ new Int16Array(324).fill(-1))

/** All bytes in the order of their characters: the order in which trained vocabularies number them. */
export const alphabetOrder: readonly number[] = /* @__PURE__ */ Array.from(
  { length: 256 },
  (_, byte) => byte,
).sort(
  (a, b) =>
    (byteToCharacter[a] as string).charCodeAt(0) - (byteToCharacter[b] as string).charCodeAt(0),
)

function alphabet(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173)
    return String.fromCharCode(printable ? byte : next++)
  })
}

/** The printable spelling of some bytes. */
export function spell(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byteToCharacter[byte]
  return text
}

/** The bytes that a printable spelling stands for; `undefined` where a character is none of the 256. */
export function unspell(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  return unspellInto(text, bytes, 0) < 0 ? undefined : bytes
}

/** Writes them to `bytes[at]` on and returns where they end there, or -1. */
export function unspellInto(text: string, bytes: Uint8Array, at: number): number {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const byte = byteOf[text.charCodeAt(i)] ?? -1
    if (byte < 0) return -1
    bytes[at + i] = byte
  }
  return at + length
}
