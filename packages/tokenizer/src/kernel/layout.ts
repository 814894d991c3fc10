// Where things lie in the kernel's memory: the same numbers as in kernel/layout.ts.

export const MASKS = 0x400
export const PACKED_CLASSES = 0x600
export const BYTE_IDS = 0x800
export const CLASS_BLOCKS = 0x1000
export const CLASSES = 0x3000
export const STARTS = 0x13000
export const WINDOW = 0x34000
export const WINDOW_SIZE = 0x8000
export const IDS = 0x3d000
/** Numbers that fit into the window, and among the ids. */
export const WINDOW_NUMBERS: number = WINDOW_SIZE / 4
export const RECORDS = 0x262000
export const TABLES = 0xa60000
/** Bytes behind the cells of short pieces that are cells as well. */
export const REACH: number = 256 << 2

/** Bytes of 2^`bits` cells, of what is behind them, and of their entries, of which there are 0.6 as many. */
export function cellsSize(bits: number): number {
  return (4 << bits) + REACH + 32 * Math.floor((3 * 2 ** bits) / 5)
}
