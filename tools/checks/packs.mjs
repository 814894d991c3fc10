// Packs every package with npm and with pnpm, installs the tarballs into an empty project and runs each README's example.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { addonPath, packPlatform, platformPackageName } from '../platform-package.mjs'
import { environment } from '../run/process.mjs'
import { root, workspaces } from '../run/root.mjs'
import { checkTypes, firstExample, guideExamples, runExample } from './examples.mjs'
import { compareContents, unpack } from './pack-contents.mjs'

const execute = promisify(execFile)

/** @typedef {import('../run/root.mjs').Workspace} Workspace */
/** @typedef {{ name: string, tarball: string }} Pack */

/**
 * @param {string} base the repository, built
 * @returns {Promise<import('./report.mjs').Report>}
 */
export async function checkPacks(base) {
  const members = workspaces('packages', base)
  const work = mkdtempSync(join(tmpdir(), 'packs-'))
  try {
    const packs = await packAll(members, join(work, 'npm'), npmPack)
    const pnpmPacks = await packAll(members, join(work, 'pnpm'), pnpmPack)
    const problems = []
    for (const [index, { name, tarball }] of packs.entries()) {
      const others = await unpack(pnpmPacks[index]?.tarball ?? '')
      problems.push(...compareContents(name, await unpack(tarball), others))
    }
    const project = join(work, 'project')
    await installAll(project, packs)
    const readmes = [
      { name: 'the repository', directory: base },
      ...members.map(({ directory, manifest }) => ({ name: manifest.name, directory })),
    ].map(({ name, directory }) => ({
      name,
      text: readFileSync(join(directory, 'README.md'), 'utf8'),
    }))
    problems.push(
      ...(await checkTypes(project, [...readmes.map(firstExample), ...guideExamples(base)])),
    )
    for (const { name, text } of readmes) problems.push(...(await runExample(project, name, text)))
    problems.push(...(await checkPlatformPackage(project, work)))
    return { problems, detail: `${packs.length} packages, packed by npm and pnpm` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @param {Workspace[]} members @param {string} target @param {(directory: string, target: string) => Promise<void>} pack */
async function packAll(members, target, pack) {
  mkdirSync(target, { recursive: true })
  /** @type {Pack[]} */
  const packs = []
  for (const { directory, manifest } of members) {
    const before = readFileSync(join(directory, 'package.json'), 'utf8')
    await pack(directory, target)
    if (readFileSync(join(directory, 'package.json'), 'utf8') !== before) {
      throw new Error(`packs: packing ${manifest.name} did not put its package.json back`)
    }
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    packs.push({ name: manifest.name, tarball: join(target, file) })
  }
  return packs
}

/** @param {string} directory @param {string} target */
async function npmPack(directory, target) {
  const [command, args] = npm()
  await execute(command, [...args, 'pack', '--silent', '--pack-destination', target], {
    cwd: directory,
    env: environment(),
  })
}

/** @param {string} directory @param {string} target */
async function pnpmPack(directory, target) {
  const program = join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs')
  await execute(process.execPath, [program, 'pack', '--pack-destination', target], {
    cwd: directory,
    env: environment(),
  })
}

/** One empty project with every package from its tarball. @param {string} project @param {Pack[]} packs */
async function installAll(project, packs) {
  mkdirSync(project, { recursive: true })
  const files = Object.fromEntries(packs.map(({ name, tarball }) => [name, `file:${tarball}`]))
  // The packages ask for each other by version, and no registry has these yet.
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'empty',
      private: true,
      type: 'module',
      dependencies: files,
      overrides: files,
    }),
  )
  await npmInstall(project, [])
}

/** @param {string} project @param {string[]} packages */
async function npmInstall(project, packages) {
  const [command, args] = npm()
  await execute(
    command,
    [...args, 'install', '--no-audit', '--no-fund', '--silent', '--prefer-offline', ...packages],
    {
      cwd: project,
      timeout: 600_000,
      maxBuffer: 1 << 26,
    },
  )
}

/** Where the kernels are built: their platform package is what they load once it is installed. @param {string} project @param {string} work */
async function checkPlatformPackage(project, work) {
  if (!existsSync(addonPath)) return []
  const tarball = packPlatform(addonPath, join(work, 'platform'))
  await npmInstall(project, [tarball])
  const name = platformPackageName(process.platform, process.arch)
  const program = "import { loadKernels } from '@llm/kernels'; console.log(loadKernels().source)"
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', program], {
    cwd: project,
  })
  return stdout.trim() === name
    ? []
    : [`@llm/kernels: loads ${stdout.trim()}, expected the installed ${name}`]
}

/** npm without a shell or a search path where it is known. @returns {[string, string[]]} */
function npm() {
  const program = process.env.npm_execpath
  return program?.endsWith('npm-cli.js') ? [process.execPath, [program]] : ['npm', []]
}
