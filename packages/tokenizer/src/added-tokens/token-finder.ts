/** More than any file needs, and few enough that the tables stay below 200 MB. */
const MAX_UNITS = 1 << 21

/**
 * Calls `found` for every place where one of the tokens stands in a text: from the end of the text to its start, and at one
 * place from the longest token to the shortest.
 */
export type FindTokens = (
  text: string,
  found: (token: number, start: number, end: number) => void,
) => void

/**
 * Makes the search for any number of tokens in one pass: the automaton of Aho and Corasick ("Efficient string matching",
 * 1975) over the tokens read backwards. Backwards, what is found at a place is what starts there.
 * Where two tokens are equal, the first is found; an empty one never is. Its slow twin is `findTokensReference`.
 *
 * @throws RangeError when the tokens together have more than 2^21 UTF-16 units.
 */
export function tokenFinder(tokens: readonly string[]): FindTokens {
  const units = tokens.reduce((sum, token) => sum + token.length, 0)
  if (units > MAX_UNITS) {
    throw new RangeError(
      `encode: expected added tokens of at most ${MAX_UNITS} UTF-16 units together, got ${units}`,
    )
  }
  const lengths = Uint32Array.from(tokens, (token) => token.length)
  const trie = new Trie(units + 1)
  tokens.forEach((token, index) => {
    trie.add(token, index)
  })
  trie.link()
  const { root, token, shorter } = trie

  return (text, found) => {
    let state = 0
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i)
      if (state === 0) {
        state = root[unit] as number
        if (state === 0) continue
      } else state = trie.next(state, unit)
      let match = token[state] === -1 ? (shorter[state] as number) : state
      for (; match !== 0; match = shorter[match] as number) {
        const index = token[match] as number
        found(index, i, i + (lengths[index] as number))
      }
    }
  }
}

/** Tokens read backwards. State 0 is the root; every other state is a string that some token ends with. */
class Trie {
  /** The root's children by unit, 0 for none. */
  readonly root: Int32Array = new Int32Array(1 << 16)
  /** The state of the longest proper suffix of a state's string that is a state too. */
  readonly fail: Int32Array
  /** The token that a state's string is, or -1. */
  readonly token: Int32Array
  /** The state of the longest proper suffix that is a token, 0 for none. */
  readonly shorter: Int32Array
  /** Children of the other states: open addressing, three numbers per slot: state (0: empty), unit, child. */
  readonly #slots: Int32Array
  readonly #mask: number
  readonly #parent: Int32Array
  readonly #unit: Uint16Array
  #size = 1

  constructor(capacity: number) {
    this.fail = new Int32Array(capacity)
    this.token = new Int32Array(capacity).fill(-1)
    this.shorter = new Int32Array(capacity)
    this.#parent = new Int32Array(capacity)
    this.#unit = new Uint16Array(capacity)
    let slots = 16
    while (slots < capacity * 2) slots *= 2
    this.#slots = new Int32Array(slots * 3)
    this.#mask = slots - 1
  }

  add(text: string, index: number): void {
    if (text === '') return
    let state = 0
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i)
      state = this.#child(state, unit) || this.#create(state, unit)
    }
    if (this.token[state] === -1) this.token[state] = index
  }

  /** Fills `fail` and `shorter`, shorter strings first. */
  link(): void {
    const size = this.#size
    const depth = new Uint32Array(size)
    for (let state = 1; state < size; state++) {
      depth[state] = (depth[this.#parent[state] as number] as number) + 1
    }
    const order = Uint32Array.from({ length: size - 1 }, (_, i) => i + 1)
    order.sort((a, b) => (depth[a] as number) - (depth[b] as number))
    for (const state of order) {
      const parent = this.#parent[state] as number
      const fail =
        parent === 0 ? 0 : this.next(this.fail[parent] as number, this.#unit[state] as number)
      this.fail[state] = fail
      this.shorter[state] = this.token[fail] === -1 ? (this.shorter[fail] as number) : fail
    }
  }

  /** Where a state goes with one more unit. */
  next(from: number, unit: number): number {
    for (let state = from; state !== 0; state = this.fail[state] as number) {
      const child = this.#child(state, unit)
      if (child !== 0) return child
    }
    return this.root[unit] as number
  }

  #child(state: number, unit: number): number {
    if (state === 0) return this.root[unit] as number
    const slots = this.#slots
    for (let slot = hash(state, unit) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3
      if (slots[at] === 0) return 0
      if (slots[at] === state && slots[at + 1] === unit) return slots[at + 2] as number
    }
  }

  #create(state: number, unit: number): number {
    const child = this.#size++
    this.#parent[child] = state
    this.#unit[child] = unit
    if (state === 0) {
      this.root[unit] = child
      return child
    }
    const slots = this.#slots
    let slot = hash(state, unit) & this.#mask
    while (slots[slot * 3] !== 0) slot = (slot + 1) & this.#mask
    slots.set([state, unit, child], slot * 3)
    return child
  }
}

function hash(state: number, unit: number): number {
  const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca77)
  return mixed ^ (mixed >>> 15)
}
