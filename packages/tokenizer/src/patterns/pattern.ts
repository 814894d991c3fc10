/**
 * A rule that cuts text into pieces before any merging; tokens never cross a border between two pieces. A further
 * pattern implements this and is registered in `patterns.ts`.
 */
export interface Pattern {
  /** Stands in the hash, so a name never changes its meaning. */
  readonly name: string
  /**
   * Where the piece that starts at `start` ends; always beyond `start`.
   * `bytes[start]` up to `bytes[end]` is whole, well-formed UTF-8 and starts at a border.
   */
  readonly next: (bytes: Uint8Array, start: number, end: number) => number
  /** How many bytes beyond the end of a piece can still decide where it ends. */
  readonly lookAhead: number
}
