/**
 * One piece as tiktoken takes it, by the book: a piece that is a token is that token; else again and again the leftmost two
 * neighbours whose bytes together are the token of the lowest rank become one. Keys are bytes as Latin-1.
 */
export function tiktokenReference(ranks: ReadonlyMap<string, number>, piece: string): number[] {
  const whole = ranks.get(piece)
  if (whole !== undefined) return [whole]
  let parts = [...piece]
  for (;;) {
    const joined = parts.slice(1).map((part, i) => ranks.get(`${parts[i]}${part}`) ?? Infinity)
    const best = Math.min(...joined)
    if (best === Infinity) return parts.map((part) => ranks.get(part)!)
    const at = joined.indexOf(best)
    parts = [...parts.slice(0, at), `${parts[at]}${parts[at + 1]}`, ...parts.slice(at + 2)]
  }
}
