// Which package may depend on which: read from the package.json files and from the real imports.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { workspaces } from '../run/root.mjs'

/** @typedef {import('../run/root.mjs').Workspace} Workspace */

/** What each package may depend on; there is no other arrow (ARCHITECTURE.md says why). @type {Record<string, string[]>} */
export const allowedDependencies = {
  '@llm/data': [],
  '@llm/clean': ['@llm/data'],
  '@llm/dedup': ['@llm/data'],
  '@llm/tokenizer': ['@llm/data'],
  '@llm/kernels': [],
  '@llm/tensor': ['@llm/kernels'],
  '@llm/model': ['@llm/tensor'],
  '@llm/optim': ['@llm/tensor'],
  '@llm/train': ['@llm/data', '@llm/tensor', '@llm/model', '@llm/optim'],
}

/** Copied into the build instead of depended on: exactly these modules. @type {Record<string, string[]>} */
export const bundledModules = { '@llm/tensor': ['@llm/data/random'] }

const textLane = ['@llm/data', '@llm/clean', '@llm/dedup', '@llm/tokenizer']

/**
 * Every forbidden arrow under `base`, one line each.
 * @param {string} base the repository
 * @returns {import('./report.mjs').Report}
 */
export function checkGraph(base) {
  const packages = workspaces('packages', base)
  const known = new Map(packages.map((member) => [member.manifest.name, member]))
  const problems = [
    ...packages.flatMap((member) => manifestProblems(member)),
    ...packages.flatMap((member) => importProblems(base, member, known)),
    ...['examples', 'bench', 'docs', 'tools'].flatMap((folder) =>
      sourceFiles(join(base, folder)).flatMap((file) => publicNameProblems(base, file, known)),
    ),
  ]
  return { problems, detail: `${packages.length} packages` }
}

/** @param {Workspace} member @returns {string[]} */
function manifestProblems({ manifest }) {
  const allowed = allowedDependencies[manifest.name]
  if (allowed === undefined) {
    return [`${manifest.name} is not in allowedDependencies of tools/checks/graph.mjs`]
  }
  const bundled = (bundledModules[manifest.name] ?? []).map(packageOf)
  const installed = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  }
  return [
    ...Object.keys(installed)
      .filter(
        (name) =>
          isOurs(name) && !allowed.includes(name) && !isPlatformPackage(manifest.name, name),
      )
      .map((name) => `${manifest.name}: package.json depends on ${name}`),
    ...Object.keys(manifest.devDependencies ?? {})
      .filter((name) => isOurs(name) && !allowed.includes(name) && !bundled.includes(name))
      .map((name) => `${manifest.name}: package.json develops with ${name}`),
  ]
}

/** @param {string} base @param {Workspace} member @param {Map<string, Workspace>} known @returns {string[]} */
function importProblems(base, { directory, manifest }, known) {
  const allowed = allowedDependencies[manifest.name] ?? []
  const bundled = bundledModules[manifest.name] ?? []
  const declared = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  })
  return ['src', 'test', 'bench', 'tools'].flatMap((folder) =>
    sourceFiles(join(directory, folder)).flatMap((file) => {
      const shipped = folder === 'src' && !file.includes('.test.')
      const where = relative(base, file)
      return importsOf(file).flatMap((specifier) => {
        const name = packageOf(specifier)
        if (specifier.startsWith('.')) {
          return relative(directory, join(file, '..', specifier)).startsWith('..')
            ? [`${where}: ${specifier} leaves the package`]
            : []
        }
        if (textLane.includes(manifest.name) && name.startsWith('@tensorflow/')) {
          return [`${where}: ${specifier} in the text lane`]
        }
        if (!isOurs(name) || name === manifest.name || bundled.includes(specifier)) return []
        if (!allowed.includes(name)) return [`${where}: imports ${specifier}`]
        if (shipped && !declared.includes(name)) {
          return [`${where}: imports ${specifier}, which package.json does not declare`]
        }
        return publicNameProblem(where, specifier, known)
      })
    }),
  )
}

/** @param {string} base @param {string} file @param {Map<string, Workspace>} known @returns {string[]} */
function publicNameProblems(base, file, known) {
  return importsOf(file).flatMap((specifier) => {
    const where = relative(base, file)
    if (isOurs(packageOf(specifier))) return publicNameProblem(where, specifier, known)
    return /(^|\/)packages\/[^/]+\/(src|dist)\//.test(specifier)
      ? [`${where}: ${specifier} is not a public name`]
      : []
  })
}

/** @param {string} where @param {string} specifier @param {Map<string, Workspace>} known @returns {string[]} */
function publicNameProblem(where, specifier, known) {
  const name = packageOf(specifier)
  const subpath = specifier === name ? '.' : `.${specifier.slice(name.length)}`
  const exported = known.get(name)?.manifest.exports ?? {}
  return Object.hasOwn(exported, subpath) ? [] : [`${where}: ${specifier} is not a public name`]
}

/** The modules a source file names: static, dynamic and type imports, re-exports. @param {string} file */
export function importsOf(file) {
  const text = readFileSync(file, 'utf8')
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
}

/** @param {string} directory @returns {string[]} */
function sourceFiles(directory) {
  let entries
  try {
    entries = readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
  const skipped = ['node_modules', 'dist', 'fixtures', '.vitepress', 'api', 'target', '.cache']
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : sourceFiles(path)
    return /\.(ts|mts|js|mjs)$/.test(entry.name) ? [path] : []
  })
}

/** @param {string} specifier */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** @param {string} name */
function isOurs(name) {
  return name.startsWith('@llm/')
}

/** The kernels' prebuilt binaries: `@llm/kernels-linux-x64-gnu`. @param {string} owner @param {string} name */
function isPlatformPackage(owner, name) {
  return owner === '@llm/kernels' && name.startsWith('@llm/kernels-')
}
