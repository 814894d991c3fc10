/** Lines of a text as Python's `str.splitlines` cuts them: at every Unicode line break, no empty line at the end. */
export function splitLines(text: string): string[] {
  const lines = text.split(lineBreak)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the line breaks Python knows
const lineBreak = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/
