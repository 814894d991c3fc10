/** Of how many classes an id of a pair can be, which four bits tell. */
export const CLASSES: number = 16
/** In front of a part's pairs: how many there are, in three bytes, and the width of each class. */
export const HEAD: number = 3 + CLASSES

/** Merges in few bytes: `packVocabulary` says how. */
export interface PackedParts {
  readonly parts: readonly PackedPart[]
  /** The id of each byte: the first 256 ids. */
  readonly byteIds: Int32Array
  /** What the merges of all parts make: ids that go up by one, with gaps where special tokens are. */
  readonly runs: readonly IdRun[]
  /** Merges of all parts. */
  readonly size: number
}

/** Merges one after the other: the two ids of each by class and place in the class. */
export interface PackedPart {
  /** In base64. */
  readonly text: string
  /** Bytes in front of the pairs. */
  readonly start: number
  readonly size: number
  /** The first id of each class, and how many bits tell which of its ids it is. */
  readonly classes: readonly IdClass[]
}

export interface IdClass {
  readonly first: number
  readonly width: number
}

/** Ids of merges: `count` of them from the one of merge number `rank` on. */
export interface IdRun {
  readonly rank: number
  readonly id: number
  readonly count: number
}

/** The classes of some widths, one behind the other. */
export function idClasses(widths: Iterable<number>): IdClass[] {
  let first = 0
  return Array.from(widths, (width) => {
    const found = { first, width }
    first += 2 ** width
    return found
  })
}
