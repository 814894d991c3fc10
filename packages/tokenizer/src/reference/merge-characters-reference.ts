/**
 * SentencePiece's BPE by looking through all pairs for the best one each time: the slow twin of `CharacterMerger`.
 * `scores` has the pieces; those of `symbols` are found first and stay as they are.
 */
export function mergeCharactersReference(
  text: string,
  scores: ReadonlyMap<string, number>,
  symbols: readonly string[],
): string[] {
  const longestFirst = [...symbols].sort((a, b) => b.length - a.length)
  const parts: { text: string; readonly fixed: boolean }[] = []
  for (let at = 0; at < text.length; ) {
    const symbol = longestFirst.find((name) => text.startsWith(name, at))
    const part = symbol ?? String.fromCodePoint(text.codePointAt(at) as number)
    parts.push({ text: part, fixed: symbol !== undefined })
    at += part.length
  }
  for (;;) {
    let best = -1
    let bestScore = Number.NEGATIVE_INFINITY
    for (let i = 0; i + 1 < parts.length; i++) {
      const left = parts[i]
      const right = parts[i + 1]
      if (left === undefined || right === undefined || left.fixed || right.fixed) continue
      const score = scores.get(left.text + right.text)
      if (score !== undefined && score > bestScore) {
        best = i
        bestScore = score
      }
    }
    const left = parts[best]
    const right = parts[best + 1]
    if (left === undefined || right === undefined) return parts.map(({ text }) => text)
    left.text += right.text
    parts.splice(best + 1, 1)
  }
}
