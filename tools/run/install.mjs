// Installs the dependencies with the exact pnpm of `packageManager`, when anything changed since the last time.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { restoreInterrupted } from '../pack-manifest.mjs'
import { say, step } from './process.mjs'
import { readManifest, root, workspaces } from './root.mjs'

const stampPath = join(root, 'node_modules', '.installed')

/** Makes `node_modules` agree with the lockfile. */
export async function install() {
  const started = performance.now()
  if (isInstalled()) return say('install', 'up to date', performance.now() - started)
  for (const { directory } of workspaces('packages')) restoreInterrupted(directory)
  const wanted = pnpmVersion()
  const [command, args] = pnpmCommand(wanted)
  await step(
    'install',
    command,
    [...args, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false'],
    {
      detail: () => `pnpm ${wanted}`,
    },
  )
  writeFileSync(stampPath, dependencyHash())
}

/** Whether the last install was made from these very manifests and this lockfile. */
export function isInstalled() {
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === dependencyHash()
}

function pnpmVersion() {
  const { packageManager } = /** @type {{ packageManager: string }} */ (
    /** @type {unknown} */ (readManifest(root))
  )
  return packageManager.replace('pnpm@', '')
}

/**
 * pnpm from our own node_modules when it is there at that version, through npx otherwise.
 * @param {string} version
 * @returns {[string, string[]]}
 */
function pnpmCommand(version) {
  const own = join(root, 'node_modules', 'pnpm')
  if (existsSync(join(own, 'package.json')) && readManifest(own).version === version) {
    return [process.execPath, [join(own, 'bin', 'pnpm.cjs')]]
  }
  // Started by npm, its own program is known: no shell and no search path is needed (npx is a .cmd file on Windows).
  const npm = process.env.npm_execpath
  if (npm?.endsWith('npm-cli.js')) {
    return [process.execPath, [npm, 'exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm']]
  }
  return ['npx', ['--yes', `pnpm@${version}`]]
}

function dependencyHash() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`)
  const folders = [root, ...['docs', 'bench', 'tools'].map((name) => join(root, name))]
  const members = [...workspaces('packages'), ...workspaces('examples')].map(
    ({ directory }) => directory,
  )
  const files = [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    ...[...folders, ...members].map((directory) => join(directory, 'package.json')),
  ]
  for (const file of files.filter(existsSync))
    hash.update(file.slice(root.length)).update(readFileSync(file))
  return hash.digest('hex')
}
