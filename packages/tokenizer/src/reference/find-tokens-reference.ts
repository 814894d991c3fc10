/** Every place where one of the tokens stands, by looking everywhere: from the end to the start, longest token first. */
export function findTokensReference(
  tokens: readonly string[],
  text: string,
): { token: number; start: number; end: number }[] {
  const out: { token: number; start: number; end: number }[] = []
  for (let start = text.length - 1; start >= 0; start--) {
    const here = tokens
      .map((content, token) => ({ token, content }))
      .filter(({ content }) => content !== '' && text.startsWith(content, start))
      .filter(({ token, content }) => tokens.indexOf(content) === token)
      .sort((a, b) => b.content.length - a.content.length)
    for (const { token, content } of here) out.push({ token, start, end: start + content.length })
  }
  return out
}
