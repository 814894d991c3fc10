/**
 * The parts of words of `limit` units at most that occur twice and that no longer part occurs as often as, with their
 * counts, by counting all of them: the slow twin of `repeatedTexts`.
 */
export function repeatedTextsReference(
  words: ReadonlyMap<string, number>,
  limit: number,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word, count] of words) {
    for (let start = 0; start < word.length; start++) {
      for (let end = start + 1; end <= Math.min(word.length, start + limit); end++) {
        const part = word.slice(start, end)
        counts.set(part, (counts.get(part) ?? 0) + count)
      }
    }
  }
  const longest = new Map<string, number>()
  for (const [part, count] of counts) {
    if (part.length > 1) {
      const shorter = part.slice(0, -1)
      longest.set(shorter, Math.max(longest.get(shorter) ?? 0, count))
    }
  }
  return new Map(
    [...counts].filter(
      ([part, count]) => part.length > 1 && count > 1 && longest.get(part) !== count,
    ),
  )
}
