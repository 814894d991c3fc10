/** Refuses a single string where texts are expected: it would be taken for texts of one character each. */
export function checkTexts(name: string, texts: unknown): void {
  if (typeof texts === 'string') {
    throw new TypeError(`${name}: expected an iterable of texts, got a string; wrap it: [text]`)
  }
  const iterable =
    typeof texts === 'object' &&
    texts !== null &&
    (Symbol.iterator in texts || Symbol.asyncIterator in texts)
  if (!iterable) throw new TypeError(`${name}: expected an iterable of texts, got ${typeof texts}`)
}
