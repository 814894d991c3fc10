import { codePoints } from '../rules/code-points.js'

/** Characters of the most frequent n-gram times its count; of equally frequent ones, the first to appear. */
export function topNgramCharacters(words: readonly string[], n: number): number {
  const counts = new Map<string, number>()
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(' ')
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  let best = ''
  let most = 0
  for (const [gram, count] of counts) {
    if (count > most) {
      most = count
      best = gram
    }
  }
  return codePoints(best) * most
}

/** Characters in n-grams seen before, without the blanks; after a hit the scan goes on behind it. */
export function repeatedNgramCharacters(words: readonly string[], n: number): number {
  const seen = new Set<string>()
  let characters = 0
  for (let i = 0; i + n <= words.length; ) {
    const gram = words.slice(i, i + n).join('')
    if (seen.has(gram)) {
      characters += codePoints(gram)
      i += n
    } else {
      seen.add(gram)
      i++
    }
  }
  return characters
}
