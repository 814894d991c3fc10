import { rename, writeFile } from 'node:fs/promises'

/** Writes a results file under a temporary name, then renames it; one row a line, so that diffs can be read. */
export async function writeResults(url, results) {
  const { rows, ...head } = results
  const body = JSON.stringify(head, null, 2).slice(0, -2)
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const temporary = new URL(`${url.href}.tmp`)
  await writeFile(temporary, `${body},\n  "rows": [\n${lines}\n  ]\n}\n`)
  await rename(temporary, url)
}
