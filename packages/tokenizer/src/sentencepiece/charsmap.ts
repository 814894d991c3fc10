/**
 * The replacement rules of SentencePiece's `precompiled_charsmap`: a double-array trie over UTF-8 (the format of
 * Darts-clone) and the replacements, each ended by a zero byte.
 */
export class Charsmap {
  /** Where the rule that `longest` found ends in the text. */
  end = 0

  readonly #units: Uint32Array
  readonly #targets: Uint8Array
  readonly #known = new Map<number, string>()
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

  /** @throws RangeError when the sizes do not fit. */
  constructor(blob: Uint8Array) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.length)
    const size = blob.length < 4 ? -1 : view.getUint32(0, true)
    if (size < 4 || size % 4 !== 0 || size >= blob.length - 4) {
      throw new RangeError(
        `loadTokenizer: precompiled_charsmap: expected a trie and replacements in ${blob.length} bytes, got a trie of ${size}; the file is damaged`,
      )
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true))
    this.#targets = blob.subarray(4 + size)
  }

  /** Whether a rule starts with this character. */
  starts(point: number): boolean {
    return this.#character(0, point) >= 0
  }

  /** The replacement of the longest rule that starts at `text[at]`, and its end in `end`. */
  longest(text: string, at: number): string | undefined {
    let state = 0
    let target = -1
    for (let i = at; i < text.length; ) {
      const point = codePoint(text, i)
      state = this.#character(state, point)
      if (state < 0) break
      i += point > 0xffff ? 2 : 1
      if ((this.#unit(state) & 0x100) !== 0) {
        target = this.#value(state)
        this.end = i
      }
    }
    return target < 0 ? undefined : this.#replacement(target)
  }

  /** The replacement of the shortest rule that `text` starts with. */
  shortest(text: string): string | undefined {
    let state = 0
    for (let i = 0; i < text.length; ) {
      const point = codePoint(text, i)
      state = this.#character(state, point)
      if (state < 0) return undefined
      if ((this.#unit(state) & 0x100) !== 0) return this.#replacement(this.#value(state))
      i += point > 0xffff ? 2 : 1
    }
    return undefined
  }

  /** A state is the position of a unit, 0 at the root; its children stand at its offset, combined with their byte. */
  #character(state: number, point: number): number {
    if (point < 0x80) return this.#byte(state, point)
    if (point < 0x800) return this.#byte(this.#byte(state, 0xc0 | (point >> 6)), low(point))
    if (point < 0x10000) {
      const first = this.#byte(state, 0xe0 | (point >> 12))
      return this.#byte(this.#byte(first, low(point >> 6)), low(point))
    }
    const first = this.#byte(this.#byte(state, 0xf0 | (point >> 18)), low(point >> 12))
    return this.#byte(this.#byte(first, low(point >> 6)), low(point))
  }

  #byte(state: number, byte: number): number {
    if (state < 0) return -1
    const next = this.#children(state) ^ byte
    return (this.#unit(next) & 0x800000ff) >>> 0 === byte ? next : -1
  }

  #value(state: number): number {
    return this.#unit(this.#children(state)) & 0x7fffffff
  }

  #children(state: number): number {
    const unit = this.#unit(state)
    return state ^ ((unit >>> 10) << ((unit & 0x200) >>> 6))
  }

  /** A position outside of the table, as a damaged file may ask for, is one that no byte leads to. */
  #unit(at: number): number {
    return this.#units[at] ?? 0x80000000
  }

  #replacement(from: number): string {
    const known = this.#known.get(from)
    if (known !== undefined) return known
    const end = this.#targets.indexOf(0, from)
    if (end < 0) {
      throw new RangeError(
        `encode: expected replacements that end within precompiled_charsmap, got one at ${from} of ${this.#targets.length}; the file is damaged`,
      )
    }
    const text = this.#utf8.decode(this.#targets.subarray(from, end))
    this.#known.set(from, text)
    return text
  }
}

/** A lone surrogate counts as U+FFFD. */
export function codePoint(text: string, at: number): number {
  const point = text.codePointAt(at) as number
  return point >= 0xd800 && point < 0xe000 ? 0xfffd : point
}

function low(bits: number): number {
  return 0x80 | (bits & 0x3f)
}
