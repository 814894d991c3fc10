/** What a file of a package is, as far as its name tells. */
export type FileKind = 'readme' | 'changelog' | 'license' | 'markdown' | 'page' | 'text' | 'source'

/**
 * The kind of a file by its name; undefined for what is no text for this corpus (data, images, maps, minified code).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { fileKind } = await import('./file-kind.js')
 * expect(fileKind('docs/CHANGELOG.md')).toBe('changelog')
 * expect(fileKind('LICENSE')).toBe('license')
 * expect(fileKind('dist/index.min.js')).toBe(undefined)
 * ```
 */
export function fileKind(path: string): FileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const dot = name.lastIndexOf('.')
  const stem = dot > 0 ? name.slice(0, dot) : name
  const extension = dot > 0 ? name.slice(dot + 1) : ''
  if (/\.min$|[.-]bundle$/.test(stem)) return undefined
  if (['', 'md', 'markdown', 'txt'].includes(extension)) {
    if (/^(?:licen[cs]e|copying|notice|unlicense|copyright)/.test(stem)) return 'license'
    if (/^readme/.test(stem)) return 'readme'
    if (/^(?:changelog|changes|history|release-?notes)/.test(stem)) return 'changelog'
  }
  if (extension === 'md' || extension === 'markdown') return 'markdown'
  if (extension === 'html' || extension === 'htm') return 'page'
  if (extension === 'txt') return 'text'
  return /^(?:[cm]?[jt]s|jsx|tsx)$/.test(extension) ? 'source' : undefined
}
