/** The cosines and sines of the angles that positions turn by, each [time, rotaryDims / 2]. */
export interface RotaryTable {
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/**
 * Position p turns pair i by the angle p base^(-2 i / rotaryDims). In double precision, then rounded; kept for the next
 * call with the same base and dims.
 */
export function rotaryTable(
  base: number,
  rotaryDims: number,
  offset: number,
  time: number,
): RotaryTable {
  const name = `${base} ${rotaryDims}`
  const half = rotaryDims / 2
  const end = offset + time
  let table = tables.get(name)
  if (table === undefined || table.cos.length < end * half) {
    // Twice as long as asked for, so that a growing cache does not make it anew at every token.
    table = make(base, half, end <= 1 ? 1 : 2 ** Math.ceil(Math.log2(end)))
  }
  // The map's order is that of the last use.
  tables.delete(name)
  tables.set(name, table)
  for (const oldest of tables.keys()) {
    if (tables.size <= mostTables) break
    tables.delete(oldest)
  }
  return {
    cos: table.cos.subarray(offset * half, end * half),
    sin: table.sin.subarray(offset * half, end * half),
  }
}

const mostTables = 8
const tables = new Map<string, RotaryTable>()

function make(base: number, half: number, positions: number): RotaryTable {
  const cos = new Float32Array(positions * half)
  const sin = new Float32Array(positions * half)
  for (let i = 0; i < half; i++) {
    const frequency = base ** (-i / half)
    for (let position = 0; position < positions; position++) {
      cos[position * half + i] = Math.cos(position * frequency)
      sin[position * half + i] = Math.sin(position * frequency)
    }
  }
  return { cos, sin }
}
