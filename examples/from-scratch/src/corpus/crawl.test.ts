import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { collect } from '@llm/data'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { crawl, licenseOf } from './crawl.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'crawl-'))
  await lay('pnpm-lock.yaml', lockfile('a@1.0.0', '@s/b@2.0.0', 'gone@1.0.0'))
  await package_(
    'a@1.0.0',
    { license: 'MIT' },
    { 'README.md': '# A', 'index.js': 'let a', LICENSE: 'MIT License' },
  )
  await package_(
    '@s/b@2.0.0',
    { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] },
    { 'docs/b.html': '<p>B' },
    '_a@1.0.0',
  )
})
afterEach(() => rm(root, { recursive: true }))

describe('crawl', () => {
  it('reads the packages of the lockfile, whatever else is installed', async () => {
    await package_('other@1.0.0', {}, { 'README.md': 'not in the lockfile' })
    const missing: string[] = []
    const documents = await collect(crawl({ root, onMissing: ({ name }) => missing.push(name) }))
    expect(documents.map(({ id, mediaType, license }) => [id, mediaType, license])).toEqual([
      ['npm:@s/b@2.0.0/docs/b.html', 'text/html', '(MIT OR GPL-2.0)'],
      ['npm:a@1.0.0/LICENSE', 'text/plain', 'MIT'],
      ['npm:a@1.0.0/README.md', 'text/markdown', 'MIT'],
      ['npm:a@1.0.0/index.js', 'text/x-javascript', 'MIT'],
    ])
    expect(documents[2]).toEqual({
      id: 'npm:a@1.0.0/README.md',
      text: '# A',
      mediaType: 'text/markdown',
      source: 'a@1.0.0/README.md',
      license: 'MIT',
      metadata: { kind: 'readme', package: 'a@1.0.0', cut: false },
    })
    expect(missing).toEqual(['gone'])
  })

  it('leaves out nested packages, hidden files, what is no text, and packages it is told to', async () => {
    await package_(
      'a@1.0.0',
      {},
      {
        'node_modules/x/README.md': 'nested',
        '.github/README.md': 'hidden',
        'a.min.js': 'let a',
        'data.json': '{}',
        'empty.md': '',
      },
    )
    const ids = (await collect(crawl({ root, exclude: ['@s/b'] }))).map(({ id }) => id)
    expect(ids).toEqual(['npm:a@1.0.0/LICENSE', 'npm:a@1.0.0/README.md', 'npm:a@1.0.0/index.js'])
  })

  it('cuts long files between characters, and says so', async () => {
    await package_('a@1.0.0', {}, { 'README.md': 'ab€' })
    const find = async (maxFileBytes: number) =>
      (await collect(crawl({ root, maxFileBytes }))).find(({ id }) => id.endsWith('README.md'))
    expect(await find(3)).toMatchObject({ text: 'ab', metadata: { cut: true } })
    expect(await find(100)).toMatchObject({ text: 'ab€', metadata: { cut: false } })
  })

  it('chooses the same files for the same limits', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`docs/${i}.md`, 'x'.repeat(10)]),
    )
    await package_('a@1.0.0', {}, files)
    const ids = async (options: object) =>
      (await collect(crawl({ root, ...options }))).map(({ id }) => id)
    const few = await ids({ maxPerKind: { markdown: 5 } })
    expect(few.filter((id) => id.includes('/docs/') && id.includes('npm:a'))).toHaveLength(5)
    expect(await ids({ maxPerKind: { markdown: 5 } })).toEqual(few)
    const small = await collect(crawl({ root, maxBytes: 100 }))
    expect(small.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(100)
    expect(small.length).toBeGreaterThan(5)
  })
})

describe('licenseOf', () => {
  it.each([
    ['{"license":"MIT"}', 'MIT'],
    ['{"license":{"type":"ISC","url":"x"}}', 'ISC'],
    ['{"licenses":[{"type":"MIT"},"Apache-2.0"]}', '(MIT OR Apache-2.0)'],
    ['{"licenses":[{"type":"MIT"}]}', 'MIT'],
    ['{"license":7}', undefined],
    ['{}', undefined],
    ['null', undefined],
    ['not json', undefined],
  ])('of %s is %s', (manifest, license) => {
    expect(licenseOf(manifest)).toBe(license)
  })
})

function lockfile(...packages: readonly string[]): string {
  const list = (entry: string): string => packages.map((name) => `  '${name}': ${entry}\n`).join('')
  return `lockfileVersion: '9.0'\npackages:\n${list('{ resolution: {} }')}snapshots:\n${list('{}')}`
}

async function package_(
  id: string,
  manifest: object,
  files: Readonly<Record<string, string>>,
  peers = '',
): Promise<void> {
  const name = id.slice(0, id.lastIndexOf('@'))
  const folder = `node_modules/.pnpm/${id.replace('/', '+')}${peers}/node_modules/${name}`
  if (Object.keys(manifest).length > 0)
    await lay(`${folder}/package.json`, JSON.stringify(manifest))
  for (const [path, text] of Object.entries(files)) await lay(`${folder}/${path}`, text)
}

async function lay(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
