/** A results file as text: one line a system, with how many times better (or worse, below 1) `ours` is. */
export function formatResults(name, { date, machine, versions, rows }) {
  const header = ['case', 'dtype', 'system', 'median', 'best', 'unit', 'runs', 'peak MB', 'ours is']
  const lines = rows.map((row) => [
    row.case,
    `${row.dtype ?? ''}${row.emulated ? '*' : ''}`,
    row.system,
    String(row.median),
    String(row.best),
    row.unit,
    String(row.runs),
    String(row.peakRssMB),
    ratio(rows, row),
  ])
  const widths = header.map((title, i) => Math.max(title.length, ...lines.map((l) => l[i].length)))
  const print = (cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd()
  const used = Object.entries(versions).map(([key, value]) => `${key} ${value}`)
  const sets = machine.instructionSets?.length > 0 ? ` (${machine.instructionSets.join(' ')})` : ''
  const footnote = rows.some((row) => row.emulated)
    ? ['* this CPU has no bfloat16 instructions: it imitates them']
    : []
  return [
    `${name}, ${date}, ${machine.cpu}${sets}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    used.join(', '),
    '',
    print(header),
    print(widths.map((width) => '-'.repeat(width))),
    ...lines.map(print),
    ...footnote,
    '',
  ].join('\n')
}

function ratio(rows, row) {
  if (row.system === 'ours') return ''
  const ours = rows.find(
    (each) => each.system === 'ours' && each.case === row.case && each.dtype === row.dtype,
  )
  if (ours === undefined) return ''
  const times = row.unit.endsWith('/s') ? ours.median / row.median : row.median / ours.median
  return `${times.toFixed(2)}x`
}
