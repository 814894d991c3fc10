/** The bytes of every token in one array: token `id` is `bytes[offsets[id]]` up to `bytes[offsets[id + 1]]`. */
export interface TokenTable {
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly size: number
}

/** Packs tokens, given in the order of their ids. */
export function tokenTable(tokens: readonly Uint8Array[]): TokenTable {
  const offsets = new Uint32Array(tokens.length + 1)
  let total = 0
  tokens.forEach((token, id) => {
    total += token.length
    offsets[id + 1] = total
  })
  const bytes = new Uint8Array(total)
  tokens.forEach((token, id) => {
    bytes.set(token, offsets[id])
  })
  return { bytes, offsets, size: tokens.length }
}

/** The bytes of one token, as a view on the table. */
export function bytesOf(table: TokenTable, id: number): Uint8Array {
  return table.bytes.subarray(table.offsets[id], table.offsets[id + 1])
}
