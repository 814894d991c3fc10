// Packs every package with npm and with pnpm, installs the tarballs into an empty project and runs each README's example.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { addonPath, packPlatform, platformPackageName } from '../platform-package.mjs'
import { environment } from '../run/process.mjs'
import { root, workspaces } from '../run/root.mjs'
import { readCode, readExample } from './readme-example.mjs'

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
    const problems = [...(await compareContents(packs, pnpmPacks))]
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

/**
 * Runs the first TypeScript block of a README in a project that has the package, and compares what it prints.
 * @param {string} project
 * @param {string} name
 * @param {string} readme
 * @returns {Promise<string[]>}
 */
export async function runExample(project, name, readme) {
  const example = readExample(readme)
  if (example === undefined) return [`${name}: its README has no \`\`\`ts block`]
  // A folder of its own for each, since an example may write files, with the packages where a reader has them.
  const directory = mkdtempSync(join(project, 'example-'))
  symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'), 'junction')
  const { code } = await transform(example.code, { loader: 'ts', format: 'esm', target: 'node20' })
  writeFileSync(join(directory, 'example.mjs'), code)
  try {
    const { stdout } = await execute(process.execPath, ['example.mjs'], {
      cwd: directory,
      timeout: 120_000,
    })
    if (example.output === undefined || stdout.trim() === example.output.trim()) return []
    return [
      `${name}: the README's example prints\n${stdout.trim()}\ninstead of\n${example.output.trim()}`,
    ]
  } catch (error) {
    return [`${name}: the README's example failed: ${reason(error)}`]
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

/** Both clients must ship the same files, and ranges that an installer understands. @param {Pack[]} packs @param {Pack[]} others */
async function compareContents(packs, others) {
  const problems = []
  for (const [index, { name, tarball }] of packs.entries()) {
    const files = await unpack(tarball)
    const other = await unpack(others[index]?.tarball ?? '')
    for (const file of new Set([...files.keys(), ...other.keys()])) {
      // pnpm writes a manifest of its own (without scripts that only serve packing); what it says is looked at below.
      if (file === 'package.json' || files.get(file)?.hash === other.get(file)?.hash) continue
      problems.push(`${name}: npm and pnpm pack ${file} differently`)
    }
    for (const manifest of [files.get('package.json')?.text, other.get('package.json')?.text]) {
      const left = /"(?:workspace|catalog):[^"]*"/.exec(manifest ?? '"workspace:no manifest"')
      if (left !== null) problems.push(`${name}: the packed package.json still says ${left[0]}`)
    }
    for (const file of files.keys()) {
      if (/\.test\.|tsbuildinfo|\.node$|(^|\/)test\//.test(file))
        problems.push(`${name}: ships ${file}`)
    }
  }
  return problems
}

/** @param {string} tarball @returns {Promise<Map<string, { hash: string, text: string }>>} */
async function unpack(tarball) {
  const directory = mkdtempSync(join(tmpdir(), 'pack-'))
  try {
    await execute('tar', ['-xzf', tarball, '-C', directory])
    const top = join(directory, 'package')
    const names = readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(top.length + 1))
    return new Map(
      names.map((name) => {
        const bytes = readFileSync(join(top, name))
        return [
          name,
          { hash: createHash('sha256').update(bytes).digest('hex'), text: bytes.toString('utf8') },
        ]
      }),
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
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

/** @typedef {{ name: string, code: string }} Example */

/** @param {{ name: string, text: string }} readme @returns {Example} */
function firstExample({ name, text }) {
  return { name, code: readExample(text)?.code ?? '' }
}

/** All code of the guides in docs/guide. @param {string} base @returns {Example[]} */
function guideExamples(base) {
  const directory = join(base, 'docs', 'guide')
  return readdirSync(directory).flatMap((file) =>
    readCode(readFileSync(join(directory, file), 'utf8')).map((code, index) => ({
      name: `${file} ${index + 1}`,
      code,
    })),
  )
}

/**
 * Type-checks examples against the declarations that were packed, as a project with `strict` would.
 * @param {string} project
 * @param {Example[]} examples
 */
async function checkTypes(project, examples) {
  const directory = mkdtempSync(join(project, 'types-'))
  for (const { name, code } of examples) {
    // A block without imports is a module all the same: names of one block are not those of another.
    writeFileSync(join(directory, `${name.replace(/\W+/g, '-')}.mts`), `${code}\nexport {}\n`)
  }
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: 'NodeNext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    skipLibCheck: true,
  }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.mts'] }),
  )
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await execute(process.execPath, [tsc, '-p', directory, '--pretty', 'false'], {
    cwd: directory,
  }).catch((/** @type {{ stdout: string }} */ error) => error)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `example: ${line}`)
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

/** @param {unknown} error */
function reason(error) {
  const { stderr, message } = /** @type {{ stderr?: string, message: string }} */ (error)
  return stderr || message
}
