import { RECORDS, RECORDS_END } from './layout'

let end: usize = RECORDS

/** Room for so many bytes, behind which sixteen more may be read and written; 0 when there is none left. */
export function newRecord(size: u32): usize {
  const at = end
  if (at + size + 16 > RECORDS_END) return 0
  end = (at + size + 3) & ~3
  return at
}

/** Copies so many bytes, and up to fifteen behind them. `memory.copy` is a call out of WebAssembly, which is slower for so few. */
export function copyBytes(to: usize, from: usize, size: usize): void {
  for (let i: usize = 0; i < size; i += 16) v128.store(to + i, v128.load(from + i))
}
