// The kernel's memory. Fixed parts first; what depends on the vocabulary begins at `RECORDS_END`, what grows with
// the text, short pieces, comes last. The host (src/kernel) knows the same numbers.

/** Sixteen bytes for each length of a piece from 0 to 15: 0xff over the piece, 0 over what follows it. Behind them as many of 0. */
export const MASKS: usize = 0x400
/** For each class, the first bytes of the characters of a block that have it. */
export const KINDS: usize = 0x540
/** Of each of 16 classes of ids in packed pairs, the first id and the number of bits that tell which one. */
export const PACKED_CLASSES: usize = 0x600
/** The id of each byte, from which merges are put in. */
export const BYTE_IDS: usize = 0x800
/** For each 256 code points, the block of `CLASSES` that holds their classes. */
export const CLASS_BLOCKS: usize = 0x1000
/** Blocks of 256 classes. */
export const CLASSES: usize = 0x3000
/** Where pieces start in the window, and in the end where the last one ends. */
export const STARTS: usize = 0x13000
/** UTF-8, with 64 bytes behind it that may be read. */
export const WINDOW: usize = 0x34000
/** The ids of the pieces of the window. */
export const IDS: usize = 0x3d000
/** What `merge` works in. */
export const SCRATCH: usize = 0x5e000
/** Eight bytes for each two bytes of text, read as one number: what `notePairs` notes of them. */
export const BYTE_PAIRS: usize = 0x60000
/** Eight bytes per slot of a long piece: its hash, and where its record is (0: empty). */
export const LONG_SLOTS: usize = 0xe0000
export const LONG_SLOT_BITS: u32 = 17
/** What `mergeLong` works in. */
export const LONG_SCRATCH: usize = 0x1e0000
/** Thirty-two bytes for each of the pieces that are looked for at once: its key, and the cell where the search for it begins, then the entry there. */
export const SOUGHT: usize = 0x260000
/** Ids that do not fit into a slot, and long pieces with theirs. */
export const RECORDS: usize = 0x262000
export const RECORDS_END: usize = 0xa60000
