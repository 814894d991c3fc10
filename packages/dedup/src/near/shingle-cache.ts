/** Shingle sets of documents that were needed lately, so that a cluster's members are read back once and not each time. */
export class ShingleCache {
  readonly #load: (document: number) => Promise<Uint32Array>
  readonly #sets = new Map<number, Uint32Array>()
  #total = 0

  constructor(load: (document: number) => Promise<Uint32Array>) {
    this.#load = load
  }

  async get(document: number): Promise<Uint32Array> {
    const known = this.#sets.get(document)
    const set = known ?? (await this.#load(document))
    this.set(document, set)
    return set
  }

  /** Remembers a set as the one used last. */
  set(document: number, set: Uint32Array): void {
    const known = this.#sets.get(document)
    if (known !== undefined) {
      this.#sets.delete(document)
      this.#total -= known.length
    }
    this.#sets.set(document, set)
    this.#total += set.length
    for (const [oldest, { length }] of this.#sets) {
      if (this.#total <= maxShingles) break
      this.#sets.delete(oldest)
      this.#total -= length
    }
  }
}

/** 16 MB of shingles. */
const maxShingles = 4_000_000
