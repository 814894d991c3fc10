import { RECORDS, RECORDS_END } from './layout'

let end: usize = RECORDS

/** Room for so many bytes, of which sixteen more may be read; 0 when there is none left. */
export function newRecord(size: u32): usize {
  const at = end
  if (at + size + 16 > RECORDS_END) return 0
  end = (at + size + 3) & ~3
  return at
}
