import type { Hint } from './hints.js'

export type BlockKind = 'paragraph' | 'heading' | 'item' | 'row' | 'pre'

/** A piece of text between two block-level tags. */
export interface Block {
  readonly kind: BlockKind
  /** White space collapsed, except in `pre`; never empty. */
  readonly text: string
  /** Characters of `text` inside links. */
  readonly linkCharacters: number
  /** Index of the element that holds the block. */
  readonly element: number
  /** 1 to 6 for headings, else 0. */
  readonly level: number
}

/** An element that can hold blocks. Element 0 is the page. */
export interface Element {
  readonly name: string
  /** Index of the parent, smaller than the element's own; -1 for the page. */
  readonly parent: number
  /** Bits of `Tag`. */
  readonly bits: number
  /** What class and id say. */
  readonly hint: Hint
}

export interface Segments {
  readonly blocks: Block[]
  readonly elements: Element[]
}
