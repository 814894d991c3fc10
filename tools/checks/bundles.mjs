// What a bundle of each package really contains: the text lane without TensorFlow.js, the tensor lane without text.
import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { build } from 'esbuild'
import { workspaces } from '../run/root.mjs'
import { allowedDependencies } from './graph.mjs'

/** @typedef {import('../run/root.mjs').Workspace} Workspace */

const textLane = ['@llm/data', '@llm/clean', '@llm/dedup', '@llm/tokenizer']
const tensorLane = ['@llm/tensor', '@llm/model', '@llm/optim', '@llm/train']

/**
 * Bundles every entry point from dist, with all dependencies inside, and looks at the modules that are left in it.
 * @param {string} base the repository, built
 * @returns {Promise<import('./report.mjs').Report>}
 */
export async function checkBundles(base) {
  const members = workspaces('packages', base)
  const problems = []
  let entries = 0
  for (const member of members) {
    const forbidden = forbiddenIn(member.manifest.name, members)
    for (const [subpath, file] of entryPoints(member)) {
      entries++
      const where = `${member.manifest.name}${subpath.slice(1)}`
      if (!existsSync(file)) {
        problems.push(`${where}: ${relative(base, file)} is missing; build first`)
        continue
      }
      const found = (await packagesInBundle(base, file, members)).filter((name) =>
        forbidden.some(
          (pattern) => name === pattern || (pattern.endsWith('/') && name.startsWith(pattern)),
        ),
      )
      problems.push(...found.map((name) => `${where}: its bundle contains ${name}`))
    }
  }
  return { problems, detail: `${entries} entry points` }
}

/** A package's `exports` that are JavaScript, with their built files. @param {Workspace} member @returns {[string, string][]} */
export function entryPoints({ directory, manifest }) {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    const file = typeof target === 'string' ? target : target.default
    return file?.endsWith('.js')
      ? [/** @type {[string, string]} */ ([subpath, join(directory, file)])]
      : []
  })
}

/**
 * esbuild's settings for a whole package: Node's own modules, binaries and optional peers stay outside.
 * @param {Workspace[]} members
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOptions(members) {
  const peers = members.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
  return {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    external: ['*.node', ...peers],
  }
}

/** @param {string} base @param {string} file @param {Workspace[]} members */
async function packagesInBundle(base, file, members) {
  const { metafile } = await build({
    ...bundleOptions(members),
    absWorkingDir: base,
    entryPoints: [file],
    write: false,
    outdir: join(base, 'bundle'),
    metafile: true,
    logLevel: 'silent',
  })
  // Only modules with bytes in the output: what tree shaking removed is not in the bundle.
  const inside = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return [...new Set(inside.map(([path]) => packageAt(path, members, base)))].sort()
}

/** @param {string} name @param {Workspace[]} members */
function forbiddenIn(name, members) {
  const lane = (/** @type {string[]} */ names) =>
    members.filter(({ manifest }) => names.includes(manifest.name))
  if (textLane.includes(name)) {
    return [
      '@tensorflow/',
      ...tensorLane,
      '@llm/kernels',
      ...textLane.filter((other) => !mayContain(name, other)),
    ]
  }
  if (name === '@llm/kernels') return ['@tensorflow/', ...textLane, ...tensorLane]
  const own = lane(tensorLane).flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}))
  const textPackages = lane(textLane)
    .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}))
    .filter((other) => !own.includes(other))
  return ['@llm/clean', '@llm/dedup', '@llm/tokenizer', ...textPackages]
}

/** @param {string} name @param {string} other */
function mayContain(name, other) {
  return name === other || (allowedDependencies[name] ?? []).includes(other)
}

/** The package a bundled file belongs to. @param {string} path relative to the base @param {Workspace[]} members @param {string} base */
function packageAt(path, members, base) {
  const after = path.split('node_modules/').at(-1) ?? path
  if (after !== path) return after.split('/', after.startsWith('@') ? 2 : 1).join('/')
  const owner = members.find(({ directory }) =>
    path.startsWith(relative(base, directory).split(sep).join('/')),
  )
  return owner?.manifest.name ?? path
}
