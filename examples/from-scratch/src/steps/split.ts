import { hashText } from '@llm/data'

/**
 * Where a document belongs, by a hash of its id: about `fraction` of all ids belong to the validation text, other ones
 * for another seed, and a document does not change sides when others come or go.
 *
 * @param fraction 0 to 1
 * @example
 * ```ts @import.meta.vitest
 * const { isValidation } = await import('./split.js')
 * const ids = Array.from({ length: 10_000 }, (_, i) => `document ${i}`)
 * const share = ids.filter((id) => isValidation(id, 1, 0.05)).length / ids.length
 * expect(Math.abs(share - 0.05)).toBeLessThan(0.01)
 * expect(ids.filter((id) => isValidation(id, 2, 0.05))).not.toEqual(ids.filter((id) => isValidation(id, 1, 0.05)))
 * ```
 */
export function isValidation(id: string, seed: number, fraction: number): boolean {
  return place(id, seed) < fraction
}

/** Where an id lies between 0 and 1, for this seed. */
export function place(id: string, seed: number): number {
  return Number.parseInt(hashText(`split ${seed} ${id}`).slice(0, 8), 16) / 2 ** 32
}
