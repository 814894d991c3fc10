/** Which characters get tokens of their own. */
export interface CoverageOptions {
  readonly characterCoverage?: number
  readonly initialAlphabet?: Iterable<string>
}

/** What SentencePiece's trainers put at borders: it gets no token, and no token goes beyond it. */
const BORDER = 0x1f

/**
 * The characters that make up at least this part of all, most frequent first and by code point among equals, as
 * SentencePiece has them: those of the initial alphabet before all others, spaces as U+2581, no U+0000 and no U+001F.
 */
export function coveringCharacters(
  name: string,
  found: ReadonlyMap<number, number>,
  { characterCoverage = 0.9995, initialAlphabet = [] }: CoverageOptions,
): number[] {
  if (!(characterCoverage > 0 && characterCoverage <= 1)) {
    throw new RangeError(
      `${name}: expected characterCoverage above 0 and up to 1, got ${characterCoverage}`,
    )
  }
  const counts = new Map<number, number>()
  for (const [point, count] of found) {
    const escaped = point === 0x20 ? 0x2581 : point
    if (point !== 0) counts.set(escaped, (counts.get(escaped) ?? 0) + count)
  }
  const required = new Set<number>()
  for (const character of initialAlphabet) {
    required.add(singlePoint(name, character === ' ' ? '\u2581' : character))
  }
  for (const point of required) if (!counts.has(point)) counts.set(point, 0)
  const sorted = [...counts].sort(
    ([a, x], [b, y]) => Number(required.has(b)) - Number(required.has(a)) || y - x || a - b,
  )
  let all = 0
  for (const [, count] of sorted) all += count
  const kept: number[] = []
  let covered = 0
  for (const [point, count] of sorted) {
    // It compares in single precision.
    if (!required.has(point) && Math.fround(covered / all) >= Math.fround(characterCoverage)) break
    covered += count
    if (point !== BORDER) kept.push(point)
  }
  return kept
}

/** The code point of a string of one character. */
export function singlePoint(name: string, character: string): number {
  const point = character.codePointAt(0)
  const isOne = point !== undefined && character === String.fromCodePoint(point)
  if (isOne && !(point >= 0xd800 && point < 0xe000)) return point
  throw new RangeError(
    `${name}: expected initialAlphabet to hold single characters, got ${JSON.stringify(character)}`,
  )
}
