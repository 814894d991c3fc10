/**
 * Where a text can be cut so that both sides are tokenized alone: before the spaces that start a word, behind those
 * that end it, or nowhere.
 */
export type Borders = 'before' | 'behind' | 'none'

/** The borders that no piece crosses. */
export function bordersOf(pieces: readonly string[], space: number): Borders {
  let before = true
  let behind = true
  for (const piece of pieces) {
    for (let i = 1; i < piece.length; i++) {
      const isSpace = piece.charCodeAt(i) === space
      const wasSpace = piece.charCodeAt(i - 1) === space
      if (isSpace && !wasSpace) before = false
      if (!isSpace && wasSpace) behind = false
    }
  }
  return before ? 'before' : behind ? 'behind' : 'none'
}

/** End of the word that starts at `units[from]`: at a border, or `to`. */
export function wordEnd(
  units: Uint16Array,
  from: number,
  to: number,
  borders: Borders,
  space: number,
): number {
  if (borders === 'none') return to
  let wasSpace = units[from] === space
  const opens = borders === 'before'
  for (let i = from + 1; i < to; i++) {
    const isSpace = units[i] === space
    if (isSpace !== wasSpace && isSpace === opens) return i
    wasSpace = isSpace
  }
  return to
}

/** The last border within `units[0]` up to `units[end]`, or 0. */
export function lastBorder(
  units: Uint16Array,
  end: number,
  borders: Borders,
  space: number,
): number {
  if (borders === 'none') return 0
  const opens = borders === 'before'
  for (let i = end - 1; i > 0; i--) {
    const isSpace = units[i] === space
    if (isSpace === opens && (units[i - 1] === space) !== isSpace) return i
  }
  return 0
}
