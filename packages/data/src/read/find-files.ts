import { stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { glob } from 'tinyglobby'

/** A file to read. */
export interface FoundFile {
  /** Where it is. */
  readonly path: string
  /** Its name for people and for ids: relative to `cwd`, with forward slashes. */
  readonly name: string
  /** Size on disk in bytes. */
  readonly bytes: number
}

/**
 * The files that `patterns` name: paths, globs, or folders (their files with one of `extensions`, at any depth).
 * A pattern that starts with `!` takes files away. Files come in the order of the patterns, sorted by name within
 * each, none twice.
 *
 * @throws when a pattern matches nothing.
 */
export async function findFiles(
  reader: string,
  patterns: string | readonly string[],
  { cwd = process.cwd(), extensions = [] }: { cwd?: string; extensions?: readonly string[] } = {},
): Promise<FoundFile[]> {
  const all = typeof patterns === 'string' ? [patterns] : patterns
  const ignore = all.filter((p) => p.startsWith('!')).map((p) => p.slice(1))
  const wanted = all.filter((p) => !p.startsWith('!'))
  if (wanted.length === 0) throw new Error(`${reader}: expected a file pattern, got none`)

  const found = new Map<string, FoundFile>()
  for (const pattern of wanted) {
    const paths = await expand(pattern, cwd, extensions, ignore)
    if (paths.length === 0) {
      throw new Error(
        `${reader}: expected files for "${pattern}" in ${cwd}, got none; check the pattern, or cwd`,
      )
    }
    for (const path of paths) {
      if (found.has(path)) continue
      const { size } = await stat(path)
      found.set(path, { path, name: displayName(path, cwd), bytes: size })
    }
  }
  return [...found.values()]
}

async function expand(
  pattern: string,
  cwd: string,
  extensions: readonly string[],
  ignore: string[],
): Promise<string[]> {
  const there = await stat(resolve(cwd, pattern)).catch(() => undefined)
  // An existing path is meant literally, even when it holds brackets or stars.
  if (there !== undefined && !there.isDirectory() && ignore.length === 0) {
    return [resolve(cwd, pattern)]
  }
  const base = there?.isDirectory() ? resolve(cwd, pattern) : cwd
  const paths = await glob(there?.isDirectory() ? ['**/*'] : [pattern], {
    cwd: base,
    ignore: ignore.map((p) => (isAbsolute(p) ? p : resolve(cwd, p).split(sep).join('/'))),
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  })
  const kept = there?.isDirectory()
    ? paths.filter((p) => extensions.some((e) => p.toLowerCase().endsWith(e)))
    : paths
  return kept.map((p) => resolve(p)).sort(byCodeUnits)
}

function displayName(path: string, cwd: string): string {
  return relative(resolve(cwd), path).split(sep).join('/')
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
