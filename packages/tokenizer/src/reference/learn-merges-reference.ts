import type { LearnOptions, Merges } from '../bpe/learn-merges.js'

/** Byte-pair encoding by the book: count all pairs again for every merge. */
export function learnMergesReference(
  pieces: ReadonlyMap<string, number>,
  options: LearnOptions,
): Merges {
  const utf8 = new TextEncoder()
  let words = [...pieces].map(([piece, count]) => ({
    ids: Array.from(utf8.encode(piece), (byte) => options.byteIds[byte] as number),
    count,
  }))
  const spelling = new Map<number, string>()
  for (let byte = 0; byte < 256; byte++) {
    spelling.set(options.byteIds[byte] as number, String.fromCharCode(byte))
  }
  const merges: [number, number][] = []
  while (options.firstId + merges.length < options.vocabularySize) {
    const [best] = countPairs(words)
      .filter(({ pair: [a, b] }) => {
        const product = spelling.get(a)! + spelling.get(b)!
        return product.length <= options.maxTokenLength && !options.reserved.has(product)
      })
      .sort((x, y) => y.count - x.count || x.pair[0] - y.pair[0] || x.pair[1] - y.pair[1])
    if (best === undefined || best.count < options.minFrequency) break
    const [a, b] = best.pair
    const id = options.firstId + merges.length
    spelling.set(id, spelling.get(a)! + spelling.get(b)!)
    merges.push(best.pair)
    words = words.map(({ ids, count }) => ({ ids: replace(ids, a, b, id), count }))
  }
  return {
    left: Int32Array.from(merges, ([a]) => a),
    right: Int32Array.from(merges, ([, b]) => b),
  }
}

function countPairs(
  words: readonly { ids: readonly number[]; count: number }[],
): { pair: [number, number]; count: number }[] {
  const counts = new Map<string, { pair: [number, number]; count: number }>()
  for (const { ids, count } of words) {
    for (let i = 0; i + 1 < ids.length; i++) {
      const pair: [number, number] = [ids[i]!, ids[i + 1]!]
      const entry = counts.get(pair.join()) ?? { pair, count: 0 }
      entry.count += count
      counts.set(pair.join(), entry)
    }
  }
  return [...counts.values()]
}

/** Left to right, so that of "aaa" the first two are taken. */
function replace(ids: readonly number[], a: number, b: number, id: number): number[] {
  const out: number[] = []
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === a && ids[i + 1] === b) {
      out.push(id)
      i++
    } else out.push(ids[i]!)
  }
  return out
}
