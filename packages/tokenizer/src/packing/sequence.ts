/** Exactly `length` tokens, and where the documents among them are. */
export interface PackedSequence {
  readonly tokens: Uint32Array
  /**
   * For each token the index of its document in the stream, from 0, or -1 for padding. A token attends within its
   * document where the indices are equal; GPT-3 and PaLM do not mask.
   */
  readonly documents: Int32Array
  /** For each token its position, from 0, in its document's part of this sequence; in padding, from the start of the padding. */
  readonly positions: Uint32Array
}

/** What became of the documents. */
export interface PackingReport {
  readonly documents: number
  /** Ids of the documents and the special tokens put to them. */
  readonly tokens: number
  readonly sequences: number
  /** Tokens of padding in the sequences. */
  readonly padding: number
  /** Documents that lie in more than one sequence. */
  readonly cutDocuments: number
  /** Documents left out because they are longer than a sequence. */
  readonly droppedDocuments: number
  /** Tokens in no sequence: those of dropped documents, and those that did not fill the last sequence. */
  readonly droppedTokens: number
}

/** The report while it is being made. */
export type Counts = { -readonly [K in keyof PackingReport]: number }

/** A sequence that is being filled. */
export class SequenceBuilder {
  readonly #tokens: Uint32Array
  readonly #documents: Int32Array
  readonly #positions: Uint32Array
  /** Which sequence it is, in the order of their making. */
  readonly serial: number
  used = 0

  constructor(length: number, serial = 0) {
    this.serial = serial
    this.#tokens = new Uint32Array(length)
    this.#documents = new Int32Array(length)
    this.#positions = new Uint32Array(length)
  }

  get room(): number {
    return this.#tokens.length - this.used
  }

  /** The document that was added last. */
  get lastDocument(): number {
    return this.#documents[this.used - 1] ?? -1
  }

  /** Appends ids of a document, or of padding, as many as there is room for; returns how many. */
  add(ids: ArrayLike<number>, from: number, document: number): number {
    const count = Math.min(this.room, ids.length - from)
    let position =
      this.used > 0 && this.lastDocument === document
        ? (this.#positions[this.used - 1] as number) + 1
        : 0
    for (let i = 0; i < count; i++) {
      this.#tokens[this.used] = ids[from + i] as number
      this.#documents[this.used] = document
      this.#positions[this.used++] = position++
    }
    return count
  }

  take(): PackedSequence {
    return { tokens: this.#tokens, documents: this.#documents, positions: this.#positions }
  }
}
