/**
 * A rule that cuts text into pieces before any merging; tokens never cross a border between two pieces. A further
 * pattern implements this and is registered in `patterns.ts`.
 */
export interface Pattern {
  /**
   * Where the piece that starts at `start` ends, beyond `start`; -1 where that depends on what follows `end`, which
   * it never does when `last` says that nothing follows.
   *
   * `bytes[0]` up to `bytes[end]` is whole, well-formed UTF-8. The piece before ends at `start`; where `start` is 0,
   * the bytes are not those of the call before.
   */
  readonly next: (bytes: Uint8Array, start: number, end: number, last: boolean) => number
}
