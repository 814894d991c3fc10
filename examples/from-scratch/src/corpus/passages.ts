/** A heading of a chapter, an act, a book of an epic: alone on its line, after an empty one. */
const heading =
  /^\s{0,4}(?:(?:CHAPTER|Chapter|VOLUME|BOOK|Book) [IVXLC\d]{1,8}\b|Actus |Sc(?:oe|e)na |[IVXLC]{1,8}\.(?:\s|$))/

/**
 * Cut a book into passages of about `targetBytes`, so that a split by passage holds every kind of text.
 * Cuts fall on headings and between paragraphs, and inside a chapter at the paragraph nearest to each equal share of
 * it, so two editions of one chapter are cut alike.
 *
 * @param form in `wrapped` the line ends inside a paragraph become spaces; in `lines` they stay.
 * @example
 * ```ts @import.meta.vitest
 * const { passages } = await import('./passages.js')
 * expect(passages('CHAPTER I\n\nIt was\ncold.\n\nCHAPTER II\n\nAnd dark.\n')).toEqual([
 *   'CHAPTER I\n\nIt was cold.',
 *   'CHAPTER II\n\nAnd dark.',
 * ])
 * ```
 */
export function passages(
  text: string,
  {
    targetBytes = 6000,
    form = 'wrapped',
  }: { targetBytes?: number; form?: 'wrapped' | 'lines' } = {},
): string[] {
  return chapters(paragraphs(text, form)).flatMap((chapter) => shares(chapter, targetBytes))
}

function paragraphs(text: string, form: 'wrapped' | 'lines'): string[] {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => tidy(paragraph, form))
    .filter((paragraph) => paragraph !== '')
}

/** Trailing blanks go (they are padding in these files); leading ones are indentation and stay in verse. */
function tidy(paragraph: string, form: 'wrapped' | 'lines'): string {
  const lines = paragraph.split('\n').map((line) => line.trimEnd())
  if (form === 'lines') return lines.filter((line) => line !== '').join('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}

function chapters(all: readonly string[]): string[][] {
  const found: string[][] = []
  for (const paragraph of all) {
    const last = found.at(-1)
    if (last === undefined || heading.test(paragraph)) found.push([paragraph])
    else last.push(paragraph)
  }
  return found
}

function shares(chapter: readonly string[], targetBytes: number): string[] {
  const units = chapter.flatMap((paragraph) => breakUp(paragraph, targetBytes))
  const total = units.reduce((sum, unit) => sum + unit.bytes, 0)
  const parts = Math.max(1, Math.round(total / targetBytes))
  const cut: string[] = Array.from({ length: parts }, () => '')
  let before = 0
  for (const { text, gap, bytes } of units) {
    const part = Math.min(parts - 1, Math.floor(((before + bytes / 2) / total) * parts))
    cut[part] = cut[part] === '' ? text : cut[part] + gap + text
    before += bytes
  }
  return cut.filter((part) => part !== '')
}

interface Unit {
  readonly text: string
  /** What stands between this unit and the one before. */
  readonly gap: string
  readonly bytes: number
}

/** A paragraph that is longer than a passage should be (whole speeches are, and books of an epic) may be cut at its lines or sentences. */
function breakUp(paragraph: string, targetBytes: number): Unit[] {
  const unit = (text: string, gap: string): Unit => ({
    text,
    gap,
    bytes: Buffer.byteLength(text) + gap.length,
  })
  if (paragraph.length < targetBytes) return [unit(paragraph, '\n\n')]
  const gap = paragraph.includes('\n') ? '\n' : ' '
  const pieces = gap === '\n' ? paragraph.split('\n') : paragraph.split(/(?<=[.!?]["')]?) /)
  return pieces.map((piece, index) => unit(piece, index === 0 ? '\n\n' : gap))
}
