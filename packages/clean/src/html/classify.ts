import type { Block, Element, Segments } from './block.js'
import { stopWords } from './stop-words.js'
import { Tag } from './tags.js'

/** Limits of the classification; jusText's names. */
export interface ClassifyOptions {
  /** Blocks with a larger share of characters in links are boilerplate. Default 0.4. */
  readonly maxLinkDensity?: number
  /** Characters below which a block is judged by its neighbours alone. Default 50. */
  readonly shortLength?: number
  /** Characters above which a block with enough stop words is good. Default 80. */
  readonly goodLength?: number
  /** Share of stop words, lower and upper limit. Defaults 0.05 and 0.15. */
  readonly stopWordsLow?: number
  readonly stopWordsHigh?: number
}

type Class = 'good' | 'near' | 'short' | 'bad'

const demoted = { good: 'near', near: 'short', short: 'bad', bad: 'bad' } as const

/**
 * Tells which blocks are the page's main text: `result[i]` for `blocks[i]`.
 *
 * After jusText (Pomikálek 2011): length, link density and stop words class each block as good, near-good, short or
 * bad; near-good and short blocks then follow their neighbours, and headings what comes after them. On top of it, the
 * tree: regions marked as navigation and the like count as bad unless they hold a good part of the page, and blocks
 * outside the element that holds nearly all good text count one class lower. Stop words are left aside on pages in
 * languages whose words are not in the list.
 */
export function classify(segments: Segments, options: ClassifyOptions = {}): boolean[] {
  const { blocks, elements } = segments
  const suspects = suspectElements(segments)
  const useStopWords = knowsLanguage(blocks)
  const classes = blocks.map((block): Class => {
    const suspicion = suspects[block.element]!
    const own = classOf(block, useStopWords, options)
    return suspicion === 'none' ? own : suspicion === 'doubtful' ? demoted[own] : 'bad'
  })
  const main = mainElement(blocks, classes, elements)
  const inside = descendants(elements, main)
  for (let i = 0; i < blocks.length; i++) {
    if (!inside[blocks[i]!.element]) classes[i] = demoted[classes[i]!]
  }
  const kept = settle(classes, blocks)
  keepHeadings(blocks, kept, inside, suspects)
  return kept
}

function classOf(block: Block, useStopWords: boolean, options: ClassifyOptions): Class {
  const {
    maxLinkDensity = 0.4,
    shortLength = 50,
    goodLength = 80,
    stopWordsLow = 0.05,
    stopWordsHigh = 0.15,
  } = options
  const { text, linkCharacters, kind } = block
  if (kind === 'pre') return text.length >= shortLength ? 'near' : 'short'
  if (linkCharacters / text.length > maxLinkDensity) return 'bad'
  if (text.includes('©')) return 'bad'
  if (text.length < shortLength) return linkCharacters > 0 ? 'bad' : 'short'
  const density = useStopWords ? stopWordDensity(text) : 1
  if (density >= stopWordsHigh) return text.length > goodLength ? 'good' : 'near'
  return density >= stopWordsLow ? 'near' : 'bad'
}

/** Whether the stop words are of any use: not when the page's long blocks hold next to none, as in Arabic or Chinese. */
function knowsLanguage(blocks: readonly Block[]): boolean {
  const long = blocks.filter(({ text, linkCharacters }) => text.length > 80 && linkCharacters === 0)
  const known = long.filter(({ text }) => stopWordDensity(text) >= 0.1)
  return known.length >= 0.2 * long.length
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

type Suspicion = 'none' | 'doubtful' | 'boilerplate'

/** How far each element, by itself or an element around it, looks like boilerplate; not so when it holds much of the text. */
function suspectElements({ blocks, elements }: Segments): Suspicion[] {
  const weights = textWeights(blocks, elements, () => true)
  const suspects: Suspicion[] = []
  const inContent: boolean[] = []
  for (let i = 0; i < elements.length; i++) {
    const { parent, bits, hint, name } = elements[i]!
    const outer = parent < 0 ? 'none' : suspects[parent]!
    inContent[i] = (bits & Tag.content) !== 0 || (parent >= 0 && inContent[parent]!)
    let own: Suspicion = bits & Tag.content || name === 'body' ? 'none' : hint
    // The header of an article has its title and first words, that of a page its menu.
    if (bits & Tag.boilerplate && !(name === 'header' && inContent[i])) own = 'boilerplate'
    if (weights[i]! > 0.4 * weights[0]!) own = 'none'
    suspects[i] = outer === 'boilerplate' || own === 'none' ? outer : own
  }
  return suspects
}

/** The deepest element that holds blocks of its own kind (no paragraph, item or cell) and 95 % of the good text. */
function mainElement(
  blocks: readonly Block[],
  classes: readonly Class[],
  elements: readonly Element[],
): number {
  const weights = textWeights(blocks, elements, (i) => classes[i] === 'good')
  let best = 0
  // Children come after their parents, so the last one found is the deepest.
  for (let i = 1; i < elements.length; i++) {
    if (isContainer(elements[i]!) && weights[i]! > 0 && weights[i]! >= 0.95 * weights[0]!) best = i
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
  suspects: readonly Suspicion[],
): void {
  const reach = 200
  let distance = Number.POSITIVE_INFINITY
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i]!
    if (block.kind === 'heading') {
      kept[i] ||= distance <= reach && inside[block.element]! && suspects[block.element] === 'none'
      continue
    }
    distance = kept[i] ? 0 : distance + block.text.length
  }
}
