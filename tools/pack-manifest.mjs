// Writes real versions into a package.json for the time of packing, for clients that do not know pnpm's protocols:
// `npm pack` would ship `workspace:^` and `catalog:` as they stand, and nobody could install that.
//
//   prepack:  node ../../tools/pack-manifest.mjs prepare
//   postpack: node ../../tools/pack-manifest.mjs restore
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, workspaces } from './run/root.mjs'

/** @typedef {import('./run/root.mjs').Manifest} Manifest */
/** @typedef {{ catalog: Record<string, string>, versions: Record<string, string> }} Versions */

const sections = /** @type {const} */ ([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
])

/**
 * The manifest with every `workspace:` and `catalog:` range replaced.
 * @param {Manifest} manifest
 * @param {Versions} known
 * @returns {Manifest}
 * @throws when a range names an unknown package
 */
export function resolveManifest(manifest, known) {
  const resolved = { ...manifest }
  for (const section of sections) {
    const ranges = manifest[section]
    if (ranges === undefined) continue
    resolved[section] = Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => [name, resolveRange(name, range, known)]),
    )
  }
  return resolved
}

/**
 * Names the kernels' prebuilt binaries as optional dependencies, at the kernels' own version.
 * @param {Manifest} manifest
 * @param {string[]} names the platform packages that exist
 * @returns {Manifest}
 */
export function addPlatforms(manifest, names) {
  if (manifest.name !== '@llm/kernels' || names.length === 0) return manifest
  const platforms = Object.fromEntries(names.map((name) => [name, manifest.version]))
  return { ...manifest, optionalDependencies: { ...manifest.optionalDependencies, ...platforms } }
}

/** Replaces the package.json of a folder and keeps the original beside node_modules. @param {string} directory @param {Versions} known */
export function prepare(directory, known) {
  if (existsSync(backupPath(directory))) restore(directory)
  const path = join(directory, 'package.json')
  const original = readFileSync(path, 'utf8')
  // Set by release.mjs, which has just published them.
  const platforms = (process.env.PLATFORM_PACKAGES ?? '').split(' ').filter((name) => name !== '')
  const manifest = addPlatforms(resolveManifest(JSON.parse(original), known), platforms)
  const resolved = `${JSON.stringify(manifest, null, 2)}\n`
  mkdirSync(dirname(backupPath(directory)), { recursive: true })
  writeWhole(backupPath(directory), JSON.stringify({ original, resolved }))
  writeWhole(path, resolved)
}

/** Puts the original back; does nothing when there is none. @param {string} directory */
export function restore(directory) {
  const backup = backupPath(directory)
  if (!existsSync(backup)) return
  const { original, resolved } = JSON.parse(readFileSync(backup, 'utf8'))
  const path = join(directory, 'package.json')
  const current = readFileSync(path, 'utf8')
  if (current !== resolved && current !== original) {
    throw new Error(
      `pack-manifest: expected ${path} as packing left it, got an edited file; take over the edit by hand from there into git's version, then delete ${backup}`,
    )
  }
  writeWhole(path, original)
  rmSync(backup)
}

/** Puts the original back when a pack was interrupted, not when one is running now. @param {string} directory */
export function restoreInterrupted(directory) {
  const backup = backupPath(directory)
  const oneMinute = 60_000
  if (existsSync(backup) && Date.now() - statSync(backup).mtimeMs > oneMinute) restore(directory)
}

/** The versions of the workspace's packages and of its catalog. @returns {Versions} */
export function readVersions(base = root) {
  return {
    catalog: readCatalog(readFileSync(join(base, 'pnpm-workspace.yaml'), 'utf8')),
    versions: Object.fromEntries(
      workspaces('packages', base).map(({ manifest }) => [manifest.name, manifest.version]),
    ),
  }
}

/** @param {string} name @param {string} range @param {Versions} known */
function resolveRange(name, range, { catalog, versions }) {
  if (range === 'catalog:' || range === 'catalog:default') {
    return (
      catalog[name] ?? unknown(name, range, 'no such name in the catalog of pnpm-workspace.yaml')
    )
  }
  if (range.startsWith('catalog:')) return unknown(name, range, 'only the default catalog is read')
  if (!range.startsWith('workspace:')) return range
  const version = versions[name] ?? unknown(name, range, 'no such package in packages/')
  const wanted = range.slice('workspace:'.length)
  if (wanted === '*') return version
  return wanted === '^' || wanted === '~' ? `${wanted}${version}` : wanted
}

/** @param {string} name @param {string} range @param {string} why @returns {never} */
function unknown(name, range, why) {
  throw new Error(`pack-manifest: cannot resolve ${name}: ${range} (${why})`)
}

/** The `catalog:` block of pnpm-workspace.yaml. Read by hand: this runs before anything is installed. @param {string} yaml */
function readCatalog(yaml) {
  /** @type {Record<string, string>} */
  const catalog = {}
  let inside = false
  for (const line of yaml.split(/\r?\n/)) {
    if (/^\S/.test(line)) inside = line.trimEnd() === 'catalog:'
    const entry = /^ +['"]?([^'":]+)['"]?: +['"]?([^'"\s]+)['"]?\s*$/.exec(line)
    if (inside && entry?.[1] !== undefined && entry[2] !== undefined) catalog[entry[1]] = entry[2]
  }
  return catalog
}

/** @param {string} directory */
function backupPath(directory) {
  return join(directory, 'node_modules', '.package.json.packing')
}

/** Never leaves half a file. @param {string} path @param {string} text */
function writeWhole(path, text) {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = process.cwd()
  if (process.argv[2] === 'prepare') prepare(directory, readVersions())
  else if (process.argv[2] === 'restore') restore(directory)
  else {
    console.error(
      `pack-manifest: expected prepare or restore, got ${process.argv[2]} (in ${basename(directory)})`,
    )
    process.exitCode = 1
  }
}
