/** The set that `shingles` hashes, as strings: every `size` words in a row, joined by blanks. Slow and plain. */
export function shingleStrings(text: string, size: number): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length === 0) return new Set()
  const n = Math.min(size, words.length)
  return new Set(
    Array.from({ length: words.length - n + 1 }, (_, i) => words.slice(i, i + n).join(' ')),
  )
}

/** Jaccard similarity of two sets, by the definition; 0 for two empty ones. */
export function jaccardOfSets<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  const common = [...a].filter((element) => b.has(element)).length
  const all = new Set([...a, ...b]).size
  return all === 0 ? 0 : common / all
}
