import { shingles } from '../minhash/shingles.js'
import { hashFamily, signature } from '../minhash/signature.js'
import { jaccardOfSets, shingleStrings } from './shingle-strings.js'

interface Options {
  readonly bands: number
  readonly rows: number
  readonly shingle: number
  readonly seed: number
  readonly threshold?: number
}

/**
 * What `nearDuplicates` finds, from all pairs: for each text, the number of the earliest text of its cluster.
 *
 * A pair is linked when a band of the signatures is equal and, given a threshold, the exact similarity reaches it.
 */
export function nearDuplicateRoots(texts: readonly string[], options: Options): number[] {
  const { bands, rows, shingle, seed, threshold = 0 } = options
  const family = hashFamily(bands * rows, seed)
  const sets = texts.map((text) => shingleStrings(text, shingle))
  const signatures = texts.map((text) => [...signature(shingles(text, { shingle }), family)])
  const linked = (i: number, j: number): boolean => {
    if (sets[i]!.size === 0 || sets[j]!.size === 0) return false
    const equalBand = Array.from({ length: bands }, (_, band) => band * rows).some((start) =>
      signatures[i]!.slice(start, start + rows).every(
        (value, k) => value === signatures[j]![start + k],
      ),
    )
    return equalBand && jaccardOfSets(sets[i]!, sets[j]!) >= threshold
  }
  const roots = texts.map((_, i) => i)
  // Roots only get smaller; when no pair changes one, they are done.
  for (let changed = true; changed; ) {
    changed = false
    for (let i = 0; i < texts.length; i++) {
      for (let j = 0; j < i; j++) {
        if (roots[i] === roots[j] || !linked(i, j)) continue
        const root = Math.min(roots[i]!, roots[j]!)
        roots[i] = root
        roots[j] = root
        changed = true
      }
    }
  }
  return roots
}
