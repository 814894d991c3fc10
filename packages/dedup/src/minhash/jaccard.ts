/**
 * Jaccard similarity of two sets given as ascending arrays without repeats: common elements over all elements.
 *
 * Two empty sets have nothing in common: 0.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { jaccard } = await import('./jaccard.js')
 * expect(jaccard([1, 2, 3], [2, 3, 4])).toBe(0.5)
 * ```
 */
export function jaccard(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let i = 0
  let j = 0
  let common = 0
  while (i < a.length && j < b.length) {
    const x = a[i]!
    const y = b[j]!
    if (x === y) common++
    if (x <= y) i++
    if (y <= x) j++
  }
  const all = a.length + b.length - common
  return all === 0 ? 0 : common / all
}
