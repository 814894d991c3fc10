import type { LearnOptions, Merges } from '../bpe/learn-merges.js'

/** A row of symbols that occurred `count` times. */
export interface CountedRow {
  readonly ids: readonly number[]
  readonly count: number
}

interface CountedPair extends CountedRow {
  readonly ids: readonly [number, number]
}

/** Byte-pair encoding by the book: count all pairs again for every merge. */
export function learnMergesReference(words: readonly CountedRow[], options: LearnOptions): Merges {
  const { join = (a, b) => a + b, allows = () => true } = options
  const spelling = Array.from({ length: options.firstId }, (_, id) => options.spellings[id] ?? '')
  const length = spelling.map(() => 1)
  const product = ([a, b]: readonly [number, number]): string => join(spelling[a]!, spelling[b]!)
  const size = ([a, b]: readonly [number, number]): number => length[a]! + length[b]!
  const merges: (readonly [number, number])[] = []
  let rows = words
  while (options.firstId + merges.length < options.vocabularySize) {
    const [best] = countPairs(rows)
      .filter(({ ids }) => {
        const name = product(ids)
        const fresh = !options.reserved.has(name) && !spelling.includes(name)
        return fresh && size(ids) <= options.maxTokenLength && allows(name)
      })
      .sort((x, y) => y.count - x.count || inOrder(x.ids, y.ids) || byIds(x.ids, y.ids))
    if (best === undefined || best.count < options.minFrequency) break
    const id = options.firstId + merges.length
    const { ids: pair } = best
    length.push(size(pair))
    spelling.push(product(pair))
    merges.push(pair)
    rows = rows.map(({ ids, count }) => ({ ids: replace(ids, pair, id), count }))
  }
  return {
    left: Int32Array.from(merges, ([a]) => a),
    right: Int32Array.from(merges, ([, b]) => b),
    spellings: spelling,
  }

  function inOrder(x: readonly [number, number], y: readonly [number, number]): number {
    if (options.order === 'ids') return byIds(x, y)
    if (options.order === 'products') return size(x) - size(y) || compare(product(x), product(y))
    return compare(spelling[x[0]]!, spelling[y[0]]!) || compare(spelling[x[1]]!, spelling[y[1]]!)
  }
}

function byIds(x: readonly [number, number], y: readonly [number, number]): number {
  return x[0] - y[0] || x[1] - y[1]
}

function compare(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0
}

function countPairs(words: readonly CountedRow[]): CountedPair[] {
  const counts = new Map<string, { ids: [number, number]; count: number }>()
  for (const { ids, count } of words) {
    for (let i = 0; i + 1 < ids.length; i++) {
      const pair: [number, number] = [ids[i]!, ids[i + 1]!]
      const entry = counts.get(pair.join()) ?? { ids: pair, count: 0 }
      entry.count += count
      counts.set(pair.join(), entry)
    }
  }
  return [...counts.values()]
}

/** Left to right, so that of "aaa" the first two are taken. */
function replace(ids: readonly number[], [a, b]: readonly [number, number], id: number): number[] {
  const out: number[] = []
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === a && ids[i + 1] === b) {
      out.push(id)
      i++
    } else out.push(ids[i]!)
  }
  return out
}
