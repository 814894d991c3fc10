/** What a regular expression calls `\w`: letters, marks, digits, connectors, joiners. */
const word = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u

/** Whether a character of a word comes last before `end`. */
export function wordEndsAt(text: string, end: number): boolean {
  if (end === 0) return false
  const low = text.charCodeAt(end - 1)
  const pair = end > 1 && low >= 0xdc00 && low < 0xe000
  return word.test(text.slice(pair ? end - 2 : end - 1, end))
}

/** Whether a character of a word comes first at `start`. */
export function wordStartsAt(text: string, start: number): boolean {
  return word.test(text.slice(start, start + 2))
}
