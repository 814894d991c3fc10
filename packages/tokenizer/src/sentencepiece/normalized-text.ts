import { PieceTrie, ROOT } from '../unigram/piece-trie.js'
import { Charsmap, codePoint } from './charsmap.js'
import { SPACE_MARK_UNIT } from './model-file.js'
import type { Settings } from './read-file.js'

const SPACE = 0x20
/** Units that are ready at a time, roughly. */
const WINDOW = 1 << 14

/**
 * Shows a text as SentencePiece's normalizer leaves it, through a window that stays small.
 *
 * Use: `open(text)`, work on `units[0]` up to `units[end]`, then `advance(done)` with what was worked off, until it says
 * that there is no more. U+2581 at the very end of a window that is not the `last` may vanish, so it must be left for
 * the next one.
 */
export class NormalizedText {
  units: Uint16Array = new Uint16Array(1024)
  /** Where in the text each unit comes from, and at `end` where the next one would; only `withOrigins`. */
  origins: Uint32Array = new Uint32Array(0)
  end = 0
  /** Nothing follows the window. */
  last = true

  readonly #settings: Settings
  readonly #charsmap: Charsmap | undefined
  readonly #symbols: PieceTrie
  readonly #space: number
  /** 1 for units that stay as they are. */
  readonly #plain: Uint8Array
  #text = ''
  #at = 0
  #afterSpace = false
  #empty = true
  #withOrigins = false

  constructor(settings: Settings, userDefined: readonly string[]) {
    this.#settings = settings
    this.#charsmap = settings.charsmap.length > 0 ? new Charsmap(settings.charsmap) : undefined
    this.#symbols = new PieceTrie()
    userDefined.forEach((symbol, i) => {
      this.#symbols.add(symbol, i)
    })
    this.#space = settings.escapeSpaces ? SPACE_MARK_UNIT : SPACE
    this.#plain = plainUnits(this.#charsmap, userDefined)
  }

  open(text: string, withOrigins = false): void {
    this.#text = text
    this.#at = 0
    this.end = 0
    this.#withOrigins = withOrigins
    const { removeExtraSpaces, addDummyPrefix, spaceAsSuffix } = this.#settings
    if (removeExtraSpaces) this.#skipSpaces()
    this.#afterSpace = removeExtraSpaces
    this.#empty = this.#at === text.length
    if (!this.#empty && addDummyPrefix && !spaceAsSuffix) this.#push(this.#space, this.#at)
    this.#fill()
  }

  /** Drops the first `done` units and goes on. False, and the text forgotten, when it has all been shown. */
  advance(done: number): boolean {
    if (this.last) {
      this.#text = ''
      if (this.units.length > 4 * WINDOW) {
        this.units = new Uint16Array(1024)
        this.origins = new Uint32Array(0)
      }
      return false
    }
    this.units.copyWithin(0, done, this.end)
    if (this.#withOrigins) this.origins.copyWithin(0, done, this.end)
    this.end -= done
    this.#fill()
    return true
  }

  #fill(): void {
    const text = this.#text
    const plain = this.#plain
    // What no border was found in is doubled, so that going over it again stays linear in total.
    const wanted = this.end * 2 + WINDOW
    while (this.#at < text.length && this.end < wanted) {
      const unit = text.charCodeAt(this.#at)
      if (plain[unit] === 1) {
        this.#push(unit, this.#at++)
        this.#afterSpace = false
      } else this.#step()
    }
    this.last = this.#at >= text.length
    let stop = this.#at
    if (this.last && !this.#empty) stop = this.#finish()
    if (this.#withOrigins) {
      this.#reserve(1)
      this.origins[this.end] = stop
    }
  }

  /** One match of a symbol or a rule, or one character. */
  #step(): void {
    const from = this.#at
    const shown = this.#prefix()
    const { escapeSpaces, removeExtraSpaces } = this.#settings
    let start = 0
    if (this.#afterSpace) while (shown.charCodeAt(start) === SPACE) start++
    for (let i = start; i < shown.length; i++) {
      const unit = shown.charCodeAt(i)
      this.#push(unit === SPACE && escapeSpaces ? SPACE_MARK_UNIT : unit, from)
    }
    if (start < shown.length) {
      this.#afterSpace = removeExtraSpaces && shown.charCodeAt(shown.length - 1) === SPACE
    }
  }

  /** What stands at `#at` after normalization; moves `#at` behind it. */
  #prefix(): string {
    const text = this.#text
    const at = this.#at
    const symbol = longestSymbol(this.#symbols, text, at)
    if (symbol > at) {
      this.#at = symbol
      return text.slice(at, symbol)
    }
    const replacement = this.#charsmap?.longest(text, at)
    if (this.#charsmap !== undefined && replacement !== undefined) {
      this.#at = this.#charsmap.end
      return replacement
    }
    const point = codePoint(text, at)
    this.#at += point > 0xffff ? 2 : 1
    return String.fromCodePoint(point)
  }

  #skipSpaces(): void {
    while (this.#at < this.#text.length) {
      const before = this.#at
      if (this.#prefix() === ' ') continue
      this.#at = before
      return
    }
  }

  /** Drops the spaces at the end of the text, adds the one that marks the end of a word, and returns where the text stops. */
  #finish(): number {
    const { removeExtraSpaces, addDummyPrefix, spaceAsSuffix } = this.#settings
    let stop = this.#at
    if (removeExtraSpaces) {
      while (this.end > 0 && this.units[this.end - 1] === this.#space) {
        this.end--
        if (this.#withOrigins) stop = this.origins[this.end] as number
      }
    }
    if (spaceAsSuffix && addDummyPrefix) this.#push(this.#space, stop)
    return stop
  }

  #push(unit: number, origin: number): void {
    if (this.end + 1 >= this.units.length) this.#reserve(2)
    this.units[this.end] = unit
    if (this.#withOrigins) {
      if (this.end >= this.origins.length) this.#reserve(1)
      this.origins[this.end] = origin
    }
    this.end++
  }

  #reserve(count: number): void {
    const needed = this.end + count
    if (needed > this.units.length) {
      const larger = new Uint16Array(Math.max(needed, this.units.length * 2))
      larger.set(this.units.subarray(0, this.end))
      this.units = larger
    }
    if (this.#withOrigins && this.origins.length < this.units.length) {
      const larger = new Uint32Array(this.units.length)
      larger.set(this.origins)
      this.origins = larger
    }
  }
}

/** End of the longest symbol that starts at `text[at]`, or `at` when there is none. */
function longestSymbol(symbols: PieceTrie, text: string, at: number): number {
  let node = ROOT
  let end = at
  for (let i = at; i < text.length; i++) {
    const step = symbols.step(node, text.charCodeAt(i))
    if (step < 0) break
    if (symbols.value(step) >= 0) end = i + 1
    node = symbols.node(step)
  }
  return end
}

function plainUnits(charsmap: Charsmap | undefined, userDefined: readonly string[]): Uint8Array {
  const plain = new Uint8Array(0x10000).fill(1)
  plain[SPACE] = 0
  plain.fill(0, 0xd800, 0xe000)
  for (const symbol of userDefined) plain[symbol.charCodeAt(0)] = 0
  if (charsmap !== undefined) {
    for (let unit = 0; unit < 0x10000; unit++) {
      if (plain[unit] === 1 && charsmap.starts(unit)) plain[unit] = 0
    }
  }
  return plain
}
