import type { Block, BlockKind, Element, Segments } from './block.js'
import type { Hint } from './hints.js'
import { impliedEnds, scopes, Tag } from './tags.js'

/** Elements open at once. Deeper ones are flattened into the last: real pages stay under 100. */
const maxDepth = 256

/** A table whose cells hold more than this many characters lays out a page; its cells are paragraphs, not a row. */
const maxCellLength = 200

/** Collects the text between block-level tags and keeps track of the open elements. */
export class BlockBuilder {
  readonly #blocks: Block[] = []
  readonly #elements: Element[] = [{ name: '', parent: -1, bits: Tag.block, hint: 'none' }]
  /** Indices of the open elements, outermost first. */
  readonly #open: number[] = [0]
  /** Elements opened beyond the depth limit and not closed yet. */
  #flattened = 0

  /** Finished lines of the current block, the line being written, and whether a blank is due in it. */
  #lines: string[] = []
  #line = ''
  #blank = false
  #linkCharacters = 0
  #inLink = false
  #linkDepth = 0
  #preDepth = 0
  /** What the table row being read holds, and how many cells; undefined outside rows. */
  #row: { pieces: Block[]; cells: number } | undefined

  append(text: string): void {
    const before = this.#line.length
    if (this.#preDepth > 0) this.#line += text
    else {
      const collapsed = text.replace(/\s+/g, ' ')
      const words = collapsed.trim()
      if (this.#line !== '' && words !== '' && (this.#blank || collapsed[0] === ' '))
        this.#line += ' '
      this.#line += words
      this.#blank = words === '' ? this.#blank || collapsed !== '' : collapsed.endsWith(' ')
    }
    if (this.#inLink) this.#linkCharacters += this.#line.length - before
  }

  lineBreak(tag: string): void {
    if (tag === 'hr') this.#flush()
    else {
      this.#lines.push(this.#line)
      this.#line = ''
      this.#blank = false
    }
  }

  openLink(): void {
    this.#inLink = true
    this.#linkDepth = this.#open.length
  }

  closeLink(): void {
    this.#inLink = false
  }

  open(name: string, bits: number, hint: Hint): void {
    this.#closeImplied(name)
    this.#flush()
    if (this.#row !== undefined) {
      if (bits & Tag.cell) this.#row.cells++
      else if (!(bits & Tag.row) && name !== 'p' && name !== 'div') this.#endRow(false)
    }
    if (this.#open.length >= maxDepth) {
      this.#flattened++
      return
    }
    this.#elements.push({ name, parent: this.#top(), bits, hint })
    this.#open.push(this.#elements.length - 1)
    if (bits & Tag.pre) this.#preDepth++
    if (bits & Tag.row) this.#row = { pieces: [], cells: 0 }
  }

  close(name: string): void {
    if (this.#flattened > 0) {
      this.#flattened--
      this.#flush()
      return
    }
    for (let depth = this.#open.length - 1; depth > 0; depth--) {
      if (this.#at(depth).name === name) {
        this.#closeTo(depth)
        return
      }
    }
  }

  end(): Segments {
    this.#closeTo(1)
    this.#flush()
    return { blocks: this.#blocks, elements: this.#elements }
  }

  #top(): number {
    return this.#open[this.#open.length - 1] ?? 0
  }

  #at(depth: number): Element {
    return this.#elements[this.#open[depth]!]!
  }

  /** Ends what an opening tag of this name ends without an end tag of its own. */
  #closeImplied(name: string): void {
    const ends = impliedEnds.get(name)
    for (let depth = this.#open.length - 1; ends !== undefined && depth > 0; depth--) {
      const other = this.#at(depth).name
      if (scopes.has(other)) break
      if (ends.includes(other)) this.#closeTo(depth)
    }
    // A block ends the paragraph it opens in.
    if (this.#at(this.#open.length - 1).bits & Tag.paragraph) this.#closeTo(this.#open.length - 1)
  }

  /** Ends `open[depth]` and all elements inside it. */
  #closeTo(depth: number): void {
    while (this.#open.length > depth) {
      this.#flush()
      const { bits } = this.#at(this.#open.length - 1)
      if (bits & Tag.row) this.#endRow(true)
      if (bits & Tag.pre) this.#preDepth--
      this.#open.pop()
      if (this.#open.length < this.#linkDepth) this.#inLink = false
    }
  }

  /** Ends the current block; in a table row it is kept back until the row's end shows what the row is. */
  #flush(): void {
    if (this.#line === '' && this.#lines.length === 0) {
      this.#blank = false
      return
    }
    const pre = this.#preDepth > 0
    const lines = [...this.#lines, this.#line]
    const text = pre ? trimBlankLines(lines.join('\n')) : lines.join('\n').trim()
    const linkCharacters = Math.min(this.#linkCharacters, text.length)
    this.#lines = []
    this.#line = ''
    this.#blank = false
    this.#linkCharacters = 0
    if (text === '') return
    const { kind, level } = pre ? { kind: 'pre' as const, level: 0 } : this.#describe()
    const block = { kind, text, linkCharacters, element: this.#top(), level }
    if (this.#row !== undefined) this.#row.pieces.push(block)
    else this.#blocks.push(block)
  }

  /** Ends the table row: one line when it is data (short cells of one piece each), separate blocks when it is layout. */
  #endRow(complete: boolean): void {
    const row = this.#row
    this.#row = undefined
    if (row === undefined || row.pieces.length === 0) return
    const { pieces, cells } = row
    const isData =
      complete &&
      pieces.length <= cells &&
      pieces.every((piece) => piece.text.length <= maxCellLength)
    if (!isData || pieces.length === 1) {
      for (const piece of pieces) this.#blocks.push(piece)
      return
    }
    const text = pieces.map((piece) => piece.text.replaceAll('\n', ' ')).join('\t')
    const linkCharacters = pieces.reduce((sum, piece) => sum + piece.linkCharacters, 0)
    this.#blocks.push({ kind: 'row', text, linkCharacters, element: this.#top(), level: 0 })
  }

  #describe(): { kind: BlockKind; level: number } {
    for (let depth = this.#open.length - 1; depth > 0; depth--) {
      const { bits, name } = this.#at(depth)
      if (bits & Tag.heading) return { kind: 'heading', level: Number(name[1]) }
      if (bits & Tag.item) return { kind: 'item', level: 0 }
      if (name !== 'p' && name !== 'div') break
    }
    return { kind: 'paragraph', level: 0 }
  }
}

/** Takes off leading and trailing lines that are blank, keeping indentation. */
function trimBlankLines(text: string): string {
  const lines = text.split('\n')
  let first = 0
  while (first < lines.length && lines[first]?.trim() === '') first++
  let last = lines.length
  while (last > first && lines[last - 1]?.trim() === '') last--
  return lines.slice(first, last).join('\n')
}
