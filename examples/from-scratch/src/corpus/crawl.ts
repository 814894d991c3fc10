import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, hashText } from '@llm/data'
import { type FileKind, fileKind } from './file-kind.js'
import { type LockedPackage, lockedPackages } from './lockfile.js'

export interface CrawlOptions {
  /** The workspace root: the folder with `pnpm-lock.yaml` and `node_modules/.pnpm`. */
  root: string
  /** Packages not to read, such as those that hold the good text. */
  exclude?: readonly string[]
  /** No more bytes than this from one file. Default 64 KiB. */
  maxFileBytes?: number
  /** No more bytes than this altogether; files are then chosen by the hash of their names. Default 20 MB. */
  maxBytes?: number
  /** No more files of one kind from one package. */
  maxPerKind?: Readonly<Partial<Record<FileKind, number>>>
  /** Packages that stand in the lockfile but are not installed. */
  onMissing?: (missing: LockedPackage) => void
}

const defaultLimits: Readonly<Record<FileKind, number>> = {
  readme: 4,
  changelog: 2,
  license: 4,
  markdown: 20,
  page: 60,
  text: 10,
  source: 2,
}

interface Candidate {
  readonly id: string
  readonly path: string
  readonly kind: FileKind
  readonly bytes: number
  readonly order: string
  readonly license: string | undefined
  readonly package: LockedPackage
}

/**
 * The texts of the installed packages, as a crawl: read-mes, change logs, pages, licences and source files.
 * Which ones is a function of the lockfile alone: not of the machine, nor of what else lies in `node_modules`.
 *
 * @throws when the lockfile or pnpm's folder of packages is missing.
 */
export async function* crawl(options: CrawlOptions): AsyncGenerator<Document> {
  const { root, exclude = [], maxFileBytes = 65_536, maxBytes = 20e6 } = options
  const limits = { ...defaultLimits, ...options.maxPerKind }
  const store = join(root, 'node_modules', '.pnpm')
  const folders = (await readdir(store)).sort()
  const candidates: Candidate[] = []
  for (const locked of lockedPackages(await readFile(join(root, 'pnpm-lock.yaml'), 'utf8'))) {
    if (exclude.includes(locked.name)) continue
    const folder = installedFolder(folders, locked)
    if (folder === undefined) options.onMissing?.(locked)
    else {
      const path = join(store, folder, 'node_modules', locked.name)
      candidates.push(...(await candidatesOf(path, locked, limits, maxFileBytes)))
    }
  }
  for (const candidate of within(candidates, maxBytes)) yield read(candidate, maxFileBytes)
}

/** pnpm's folder for a package: `@scope+name@1.2.3`, then `_` and its peers where it has some. */
function installedFolder(
  folders: readonly string[],
  { name, version }: LockedPackage,
): string | undefined {
  const start = `${name.replaceAll('/', '+')}@${version}`
  return folders.find((folder) => folder === start || folder.startsWith(`${start}_`))
}

async function candidatesOf(
  path: string,
  locked: LockedPackage,
  limits: Readonly<Record<FileKind, number>>,
  maxFileBytes: number,
): Promise<Candidate[]> {
  const license = licenseOf(await readFile(join(path, 'package.json'), 'utf8').catch(() => '{}'))
  const byKind = new Map<FileKind, Candidate[]>()
  for await (const file of filesBelow(path)) {
    const kind = fileKind(file.name)
    if (kind === undefined || file.bytes === 0) continue
    const id = `npm:${locked.name}@${locked.version}/${file.name}`
    const bytes = Math.min(file.bytes, maxFileBytes)
    const order = hashText(id)
    const found = { id, path: join(path, file.name), kind, bytes, order, license, package: locked }
    byKind.set(kind, [...(byKind.get(kind) ?? []), found])
  }
  return [...byKind].flatMap(([kind, found]) => found.sort(byOrder).slice(0, limits[kind]))
}

/** All files below a folder with their sizes, in a fixed order; not inside `node_modules`, hidden folders or links. */
async function* filesBelow(
  root: string,
  below = '',
): AsyncGenerator<{ name: string; bytes: number }> {
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        yield* filesBelow(root, name)
    } else if (entry.isFile() && fileKind(name) !== undefined) {
      yield { name, bytes: (await stat(join(root, name))).size }
    }
  }
}

/** As many as fit, chosen by hash, in the order of their ids. */
function within(candidates: readonly Candidate[], maxBytes: number): Candidate[] {
  let left = maxBytes
  const chosen = [...candidates].sort(byOrder).filter((candidate) => {
    if (candidate.bytes > left) return false
    left -= candidate.bytes
    return true
  })
  return chosen.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function byOrder(a: Candidate, b: Candidate): number {
  return a.order < b.order ? -1 : 1
}

async function read(candidate: Candidate, maxFileBytes: number): Promise<Document> {
  const file = await open(candidate.path)
  try {
    const buffer = Buffer.alloc(candidate.bytes)
    const { bytesRead } = await file.read(buffer, 0, candidate.bytes, 0)
    const cut = candidate.bytes === maxFileBytes
    const whole = new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: cut })
    return {
      id: candidate.id,
      text: whole,
      mediaType: mediaType(candidate.path, candidate.kind),
      source: candidate.id.slice('npm:'.length),
      ...(candidate.license === undefined ? {} : { license: candidate.license }),
      metadata: {
        kind: candidate.kind,
        package: `${candidate.package.name}@${candidate.package.version}`,
        cut,
      },
    }
  } finally {
    await file.close()
  }
}

function mediaType(path: string, kind: FileKind): string {
  if (kind === 'source')
    return /\.[cm]?tsx?$/.test(path) ? 'text/x-typescript' : 'text/x-javascript'
  if (kind === 'page') return 'text/html'
  return /\.(?:md|markdown)$/i.test(path) ? 'text/markdown' : 'text/plain'
}

/** The SPDX expression of a package.json in any of the shapes the field has had. */
export function licenseOf(packageJson: string): string | undefined {
  let manifest: unknown
  try {
    manifest = JSON.parse(packageJson)
  } catch {
    return undefined
  }
  if (typeof manifest !== 'object' || manifest === null) return undefined
  const named = 'license' in manifest ? nameOf(manifest.license) : undefined
  if (named !== undefined) return named
  const several =
    'licenses' in manifest && Array.isArray(manifest.licenses) ? manifest.licenses : []
  const names = several.map(nameOf).filter((name) => name !== undefined)
  return names.length > 1 ? `(${names.join(' OR ')})` : names[0]
}

function nameOf(license: unknown): string | undefined {
  if (typeof license === 'string') return license
  const typed = typeof license === 'object' && license !== null && 'type' in license
  return typed && typeof license.type === 'string' ? license.type : undefined
}
