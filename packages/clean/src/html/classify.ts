import type { Block, Element, Segments } from './block.js'
import { stopWords } from './stop-words.js'
import { Tag } from './tags.js'

/** Limits of the classification; jusText's names. */
export interface ClassifyOptions {
  /** Blocks with a larger share of characters in links are boilerplate. Default 0.3. */
  readonly maxLinkDensity?: number
  /** Characters below which a block is judged by its neighbours alone. Default 40. */
  readonly shortLength?: number
  /** Characters above which a block with enough stop words is good. Default 120. */
  readonly goodLength?: number
  /** Share of stop words, lower and upper limit. Defaults 0.1 and 0.2. */
  readonly stopWordsLow?: number
  readonly stopWordsHigh?: number
}

type Class = 'good' | 'near' | 'short' | 'bad'

/**
 * Tells which blocks are the page's main text: `result[i]` for `blocks[i]`.
 *
 * After jusText (Pomikálek 2011): length, link density and stop words class each block as good, near-good, short or
 * bad; near-good and short blocks then follow their neighbours, and headings what comes after them. On top of it, the
 * tree: regions marked as navigation and the like count as bad unless they hold most of the page, and the element that
 * holds the bulk of the good text bounds the result.
 */
export function classify(segments: Segments, options: ClassifyOptions = {}): boolean[] {
  const { blocks, elements } = segments
  const suspects = suspectElements(segments)
  const classes = blocks.map(
    (block): Class => (suspects[block.element] ? 'bad' : classOf(block, options)),
  )
  const main = mainElement(blocks, classes, elements)
  const inside = descendants(elements, main)
  for (let i = 0; i < blocks.length; i++) if (!inside[blocks[i]!.element]) classes[i] = 'bad'
  const kept = settle(classes, blocks)
  keepHeadings(blocks, kept, inside, suspects)
  return kept
}

function classOf(block: Block, options: ClassifyOptions): Class {
  const {
    maxLinkDensity = 0.3,
    shortLength = 40,
    goodLength = 120,
    stopWordsLow = 0.1,
    stopWordsHigh = 0.2,
  } = options
  const { text, linkCharacters, kind } = block
  if (kind === 'pre') return text.length >= shortLength ? 'near' : 'short'
  if (linkCharacters / text.length > maxLinkDensity) return 'bad'
  if (text.includes('©')) return 'bad'
  if (text.length < shortLength) return linkCharacters > 0 ? 'bad' : 'short'
  const density = stopWordDensity(text)
  if (density >= stopWordsHigh) return text.length > goodLength ? 'good' : 'near'
  return density >= stopWordsLow ? 'near' : 'bad'
}

function stopWordDensity(text: string): number {
  let words = 0
  let stops = 0
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    words++
    if (stopWords.has(word.toLowerCase())) stops++
  }
  return words === 0 ? 0 : stops / words
}

/** Elements that look like boilerplate, their descendants included, unless they hold most of the text. */
function suspectElements({ blocks, elements }: Segments): boolean[] {
  const weights = textWeights(blocks, elements, () => true)
  const suspects: boolean[] = []
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!
    const marked = element.hint < 0 || (element.bits & Tag.boilerplate) !== 0
    const holdsMost = weights[i]! > 0.5 * weights[0]!
    const inherited = element.parent >= 0 && suspects[element.parent]!
    suspects[i] = inherited || (marked && !holdsMost)
  }
  return suspects
}

/** The deepest element that holds blocks of its own kind (no paragraph, item or cell) and 80 % of the good text. */
function mainElement(
  blocks: readonly Block[],
  classes: readonly Class[],
  elements: readonly Element[],
): number {
  const weights = textWeights(blocks, elements, (i) => classes[i] === 'good')
  let best = 0
  // Children come after their parents, so the last one found is the deepest.
  for (let i = 1; i < elements.length; i++) {
    if (isContainer(elements[i]!) && weights[i]! > 0 && weights[i]! >= 0.8 * weights[0]!) best = i
  }
  return best
}

function isContainer({ bits }: Element): boolean {
  return (bits & (Tag.paragraph | Tag.heading | Tag.item | Tag.row | Tag.cell | Tag.pre)) === 0
}

/** Characters of chosen blocks in each element and its descendants. */
function textWeights(
  blocks: readonly Block[],
  elements: readonly Element[],
  chosen: (block: number) => boolean,
): Float64Array {
  const weights = new Float64Array(elements.length)
  blocks.forEach((block, i) => {
    if (chosen(i)) weights[block.element]! += block.text.length - block.linkCharacters
  })
  for (let i = elements.length - 1; i > 0; i--) weights[elements[i]!.parent]! += weights[i]!
  return weights
}

function descendants(elements: readonly Element[], root: number): boolean[] {
  const inside: boolean[] = []
  for (let i = 0; i < elements.length; i++) {
    const { parent } = elements[i]!
    inside[i] = i === root || (parent >= 0 && inside[parent]!)
  }
  return inside
}

/** jusText's context rule: short and near-good blocks become what the nearest certain blocks around them are. */
function settle(classes: readonly Class[], blocks: readonly Block[]): boolean[] {
  const count = classes.length
  const kept = classes.map((value) => value === 'good')
  // For each block: whether the nearest good/bad block is good, looking past short ones and, separately, near ones.
  const before = neighbours(classes, 1)
  const after = neighbours(classes, -1)
  for (let i = 0; i < count; i++) {
    const own = classes[i]
    if (own === 'good' || own === 'bad') continue
    const good = Number(before[i] === 'good') + Number(after[i] === 'good')
    if (own === 'near') kept[i] = good >= 1
    else kept[i] = good === 2 || (good === 1 && blocks[i]!.kind !== 'paragraph')
  }
  return kept
}

/** The nearest good or bad class before (`step` 1) or after (`step` -1) each block. */
function neighbours(classes: readonly Class[], step: 1 | -1): Class[] {
  const found: Class[] = new Array(classes.length)
  let last: Class = 'bad'
  for (let n = 0; n < classes.length; n++) {
    const i = step === 1 ? n : classes.length - 1 - n
    found[i] = last
    const own = classes[i]!
    if (own === 'good' || own === 'bad') last = own
  }
  return found
}

/** Headings with kept text shortly after them are kept. */
function keepHeadings(
  blocks: readonly Block[],
  kept: boolean[],
  inside: readonly boolean[],
  suspects: readonly boolean[],
): void {
  const reach = 200
  let distance = Number.POSITIVE_INFINITY
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i]!
    if (block.kind === 'heading') {
      kept[i] ||= distance <= reach && inside[block.element]! && !suspects[block.element]!
      continue
    }
    distance = kept[i] ? 0 : distance + block.text.length
  }
}
