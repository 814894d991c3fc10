const utf8 = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 as a string of a character per byte, which compares as the bytes do. */
export function toSpelling(text: string): string {
  return String.fromCharCode(...utf8.encode(text))
}

export function fromSpelling(spelling: string): string {
  return decoder.decode(Uint8Array.from(spelling, (character) => character.charCodeAt(0)))
}
