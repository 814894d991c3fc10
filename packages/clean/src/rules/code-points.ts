/** Length in code points, as Python counts. */
export function codePoints(text: string): number {
  let surrogates = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0xd800 && code <= 0xdbff && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1)
      if (next >= 0xdc00 && next <= 0xdfff) {
        surrogates++
        i++
      }
    }
  }
  return text.length - surrogates
}
