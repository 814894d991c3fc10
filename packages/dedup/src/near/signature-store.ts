/** Signatures of one length, by document number; blocks of 4096, so that growing copies nothing. */
export class SignatureStore {
  readonly #length: number
  readonly #blocks: Uint32Array[] = []
  #count = 0

  constructor(length: number) {
    this.#length = length
  }

  get count(): number {
    return this.#count
  }

  push(signature: Uint32Array): void {
    const within = this.#count % blockSize
    if (within === 0) this.#blocks.push(new Uint32Array(blockSize * this.#length))
    this.#blocks.at(-1)!.set(signature, within * this.#length)
    this.#count++
  }

  /** A view of one signature. */
  at(index: number): Uint32Array {
    const start = (index % blockSize) * this.#length
    return this.#blocks[Math.floor(index / blockSize)]!.subarray(start, start + this.#length)
  }

  /** Whether two signatures agree in `count` values from `start`. */
  equal(i: number, j: number, start: number, count: number): boolean {
    const a = this.#blocks[Math.floor(i / blockSize)]!
    const b = this.#blocks[Math.floor(j / blockSize)]!
    const atA = (i % blockSize) * this.#length
    const atB = (j % blockSize) * this.#length
    for (let k = start; k < start + count; k++) if (a[atA + k] !== b[atB + k]) return false
    return true
  }

  /** Hash of `count` values from `start`, by `hash(values, start, count)`. */
  hash(
    index: number,
    start: number,
    count: number,
    hash: (v: Uint32Array, s: number, n: number) => number,
  ): number {
    const block = this.#blocks[Math.floor(index / blockSize)]!
    return hash(block, (index % blockSize) * this.#length + start, count)
  }
}

const blockSize = 4096
