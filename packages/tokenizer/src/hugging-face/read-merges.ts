import { MergeTable, NO_MERGE } from '../bpe/merge-table.js'
import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { fail, list } from './check.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Merge `r` turns `left[r]`, `right[r]` into `product[r]`; lower goes first. */
export interface MergeIds {
  readonly left: Int32Array
  readonly right: Int32Array
  readonly product: Int32Array
}

/**
 * Reads `model.merges`.
 * @param prefixLength length of the mark of tokens that continue a word: the right one of a merge loses it
 */
export function readMerges(
  value: unknown,
  { ids, names, specialTokens }: Vocabulary,
  prefixLength = 0,
): MergeIds {
  const merges = list(value, 'model.merges')
  // A token can be made in as many ways as there are places to cut it; more merges than that are nonsense, and are
  // refused before anything is allocated.
  const places = names.reduce((sum, name) => sum + (name?.length ?? 0), 0)
  const most = Math.min(places, MAX_VOCABULARY - 1)
  if (merges.length > most)
    fail('model.merges', `at most ${most}, one per place to cut a token`, merges.length)
  const left = new Int32Array(merges.length)
  const right = new Int32Array(merges.length)
  const product = new Int32Array(merges.length)
  const special = new Set(specialTokens.values())
  const seen = new MergeTable([], [], [], merges.length)
  let last = -1
  merges.forEach((merge, rank) => {
    const parts = pair(merge, rank)
    const a = parts[0]
    const b = parts[1]
    const leftId = tokenId(a, rank)
    const rightId = tokenId(b, rank)
    left[rank] = leftId
    right[rank] = rightId
    // Merges mostly stand in the order of what they make, which saves putting the name together.
    last = isProduct(names[last + 1], a, b) ? last + 1 : tokenId(a + b.slice(prefixLength), rank)
    product[rank] = last
    if (seen.rank(leftId, rightId) !== NO_MERGE) {
      fail(`model.merges[${rank}]`, 'each pair once', merge)
    }
    seen.add(leftId, rightId, last)
  })
  return { left, right, product }

  function isProduct(name: string | undefined, a: string, b: string): boolean {
    return (
      name !== undefined &&
      name.length === a.length + b.length - prefixLength &&
      name.startsWith(a) &&
      name.endsWith(prefixLength === 0 ? b : b.slice(prefixLength)) &&
      !special.has(last + 1)
    )
  }

  function tokenId(name: string, rank: number): number {
    const id = ids.get(name)
    if (id === undefined) return fail(`model.merges[${rank}]`, 'tokens of model.vocab', name)
    if (special.has(id)) {
      return fail(`model.merges[${rank}]`, 'no special token, as text must not produce one', name)
    }
    return id
  }
}

/** `["a", "b"]`, or `"a b"` as written before tokenizers 0.20. */
function pair(merge: unknown, rank: number): readonly [string, string] {
  const parts = typeof merge === 'string' ? merge.split(' ') : merge
  if (Array.isArray(parts) && parts.length === 2) {
    const a: unknown = parts[0]
    const b: unknown = parts[1]
    if (typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '') return [a, b]
  }
  return fail(`model.merges[${rank}]`, 'two tokens', merge)
}
