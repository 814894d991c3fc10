import { type Bands, bandHash } from '../minhash/bands.js'
import type { SignatureStore } from './signature-store.js'

/**
 * For each band, the documents that have been seen with each value of it, newest first.
 *
 * Bands are compared by their values, not by a hash of them, so two documents share a bucket only if the band is equal.
 * Memory: 10 to 20 bytes per document and band.
 */
export class BandIndex {
  readonly #bands: Bands
  readonly #signatures: SignatureStore
  /** Per band, open addressing: the newest document of each bucket plus one; 0 is empty. */
  #tables: Uint32Array[]
  /** Per band and document: the next older document of its bucket plus one. */
  #older: Uint32Array[]
  #capacity = 1024
  /** Documents in the tables: an upper bound for the buckets of every band. */
  #size = 0

  constructor(bands: Bands, signatures: SignatureStore) {
    this.#bands = bands
    this.#signatures = signatures
    this.#tables = Array.from({ length: bands.bands }, () => new Uint32Array(this.#capacity))
    this.#older = Array.from({ length: bands.bands }, () => new Uint32Array(1024))
  }

  /** The newest document in the same bucket as `document`, or -1. */
  newest(band: number, document: number): number {
    const table = this.#tables[band]!
    return table[this.#slot(table, band, document)]! - 1
  }

  /** The next older document in the bucket of `document`, which is in the index; -1 at the end. */
  older(band: number, document: number): number {
    return this.#older[band]![document]! - 1
  }

  add(document: number): void {
    if (3 * this.#size >= 2 * this.#capacity) this.#grow()
    this.#size++
    for (let band = 0; band < this.#bands.bands; band++) {
      const table = this.#tables[band]!
      const slot = this.#slot(table, band, document)
      let older = this.#older[band]!
      if (document >= older.length) {
        const larger = new Uint32Array(Math.max(2 * older.length, document + 1))
        larger.set(older)
        older = larger
        this.#older[band] = larger
      }
      older[document] = table[slot]!
      table[slot] = document + 1
    }
  }

  #slot(table: Uint32Array, band: number, document: number): number {
    const { rows } = this.#bands
    const mask = table.length - 1
    const start = band * rows
    let slot = this.#signatures.hash(document, start, rows, bandHash) & mask
    for (; ; slot = (slot + 1) & mask) {
      const head = table[slot]!
      if (head === 0 || this.#signatures.equal(head - 1, document, start, rows)) return slot
    }
  }

  #grow(): void {
    this.#capacity *= 2
    this.#tables = this.#tables.map((table, band) => {
      const larger = new Uint32Array(this.#capacity)
      for (const head of table) if (head !== 0) larger[this.#slot(larger, band, head - 1)] = head
      return larger
    })
  }
}
