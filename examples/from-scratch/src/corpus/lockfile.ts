import { parse } from 'yaml'

/** A package as the lockfile names it. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
}

/**
 * The packages of a pnpm lockfile (version 9) that every machine installs, sorted by name and version: those bound
 * to an operating system, a processor or a C library are left out, and so are optional ones.
 *
 * @throws when the text is not such a lockfile.
 */
export function lockedPackages(text: string): LockedPackage[] {
  const lock: unknown = parse(text)
  if (!isRecord(lock) || !isRecord(lock.packages) || !isRecord(lock.snapshots))
    throw new Error('lockedPackages: expected a pnpm lockfile with `packages` and `snapshots`')
  const required = requiredKeys(lock.snapshots)
  return Object.entries(lock.packages)
    .filter(([key, entry]) => required.has(key) && !isPlatformSpecific(entry))
    .map(([key]) => split(key))
    .filter((found) => found !== undefined)
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
}

/** A package counts as required when any of its snapshots (one per set of peers) is. */
function requiredKeys(snapshots: Readonly<Record<string, unknown>>): Set<string> {
  const required = new Set<string>()
  for (const [key, entry] of Object.entries(snapshots)) {
    if (isRecord(entry) && entry.optional === true) continue
    const peers = key.indexOf('(')
    required.add(peers === -1 ? key : key.slice(0, peers))
  }
  return required
}

function isPlatformSpecific(entry: unknown): boolean {
  return isRecord(entry) && ['os', 'cpu', 'libc'].some((field) => entry[field] !== undefined)
}

/** `@scope/name@1.2.3` in two; undefined for what does not come from the registry (a version is then an address). */
function split(key: string): LockedPackage | undefined {
  const at = key.lastIndexOf('@')
  const version = key.slice(at + 1)
  return at > 0 && /^\d+\.\d+\.\d+/.test(version) ? { name: key.slice(0, at), version } : undefined
}

/** By code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
