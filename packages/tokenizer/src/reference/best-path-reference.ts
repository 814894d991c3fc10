/** Pieces and their scores, and what a character costs that is no piece. */
export interface ScoredPieces {
  readonly scores: ReadonlyMap<string, number>
  readonly unknownScore: number
}

/** The most probable way to cut a text, by trying every piece at every place: the slow twin of `Viterbi`. */
export function bestPathReference(text: string, { scores, unknownScore }: ScoredPieces): string[] {
  const characters = Array.from(text)
  const best: { readonly sum: number; readonly path: readonly string[] }[] = [{ sum: 0, path: [] }]
  for (let end = 1; end <= characters.length; end++) {
    for (let start = 0; start < end; start++) {
      const piece = characters.slice(start, end).join('')
      const score = scores.get(piece) ?? (end - start === 1 ? unknownScore : undefined)
      const before = best[start]
      if (score === undefined || before === undefined) continue
      const sum = before.sum + score
      if (sum > (best[end]?.sum ?? Number.NEGATIVE_INFINITY)) {
        best[end] = { sum, path: [...before.path, piece] }
      }
    }
  }
  return [...(best[characters.length]?.path ?? [])]
}
