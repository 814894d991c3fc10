// Where things are.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * @typedef {{ name: string, version: string, private?: boolean, scripts?: Record<string, string>,
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 *   exports?: Record<string, string | Record<string, string>> }} Manifest
 * @typedef {{ directory: string, manifest: Manifest }} Workspace
 */

/** Reads a package.json. @param {string} directory @returns {Manifest} */
export function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/** The folders with a package.json under `packages` or `examples`. @param {'packages' | 'examples'} folder @returns {Workspace[]} */
export function workspaces(folder, base = root) {
  const parent = join(base, folder)
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
}
