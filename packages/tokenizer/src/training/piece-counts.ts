/** Distinct pieces, one after the other in `bytes`, with how often each occurred. */
export interface PieceCounts {
  readonly bytes: Uint8Array
  /** Piece `i` is `bytes[offsets[i]]` up to `bytes[offsets[i + 1]]`. */
  readonly offsets: Uint32Array
  /** Float64: exact up to 2^53, where 32 bits overflow on large corpora. */
  readonly counts: Float64Array
  readonly size: number
}
