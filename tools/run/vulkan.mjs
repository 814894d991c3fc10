// Mesa's software Vulkan driver (lavapipe), so that WebGPU is tested on machines without a GPU: taken out of the packages of
// Debian or Ubuntu into node_modules/.cache. Nothing is installed on the system, and no rights are needed.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, say } from './process.mjs'
import { root } from './root.mjs'

const folder = join(root, 'node_modules', '.cache', 'vulkan')

/** Releases whose own Mesa lacks what WebGPU asks for; their backports have a newer one. @type {Record<string, string>} */
const backports = { bookworm: 'bookworm-backports' }

/**
 * The environment in which Dawn finds the driver; empty, with one line that says why, where it cannot be had.
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareVulkan() {
  const started = performance.now()
  try {
    if (!existsSync(folder)) await fetchDriver()
    say('vulkan', 'lavapipe of Mesa', performance.now() - started)
    return environmentOf(folder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say('vulkan', `no software driver: ${reason}`, performance.now() - started)
    return {}
  }
}

async function fetchDriver() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(textOf('/etc/os-release'))?.[1] ?? ''
  const apt = makeWorkFolder(codename)
  await tool('apt-get', [...apt, 'update'])
  const newer = backports[codename]
  const from = newer === undefined ? [] : ['-t', newer]
  const wanted = [...from, 'install', 'mesa-vulkan-drivers', 'libvulkan1']
  const plan = await tool('apt-get', [...apt, '--simulate', '--no-install-recommends', ...wanted])
  const missing = packagesOf(plan)
  if (missing.length > 0)
    await tool('apt-get', [...apt, 'download', ...missing], join(work, 'debs'))
  for (const name of readdirSync(join(work, 'debs'))) {
    await tool('dpkg-deb', ['--extract', join(work, 'debs', name), join(work, 'root')])
  }
  // Mesa's own description may name the place where the system would have the driver.
  const ICD = { library_path: 'libvulkan_lvp.so', api_version: '1.3.0' }
  writeFileSync(join(work, 'lavapipe.json'), JSON.stringify({ file_format_version: '1.0.0', ICD }))
  for (const name of ['lists', 'cache', 'debs']) {
    rmSync(join(work, name), { recursive: true, force: true })
  }
  renameSync(work, folder)
}

/** What apt would install, at the versions it would take; never the C library, which the running programs share. @param {string} plan */
export function packagesOf(plan) {
  return [...plan.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)]
    .filter(([, name]) => !name?.startsWith('libc6') && !name?.startsWith('libc-'))
    .map(([, name, version]) => `${name}=${version}`)
}

const work = `${folder}.part`

/** Lists and caches of apt in our own folder, with the system's own mirror. @param {string} codename @returns {string[]} */
function makeWorkFolder(codename) {
  const sources = ['/etc/apt/sources.list', ...sourceParts()].map(textOf).join('\n\n')
  const mirror = mirrorOf(sources, codename)
  if (mirror === undefined) throw new Error(`no apt source for '${codename}'`)
  rmSync(work, { recursive: true, force: true })
  for (const name of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    mkdirSync(join(work, name), { recursive: true })
  }
  const releases = [codename, `${codename}-updates`, backports[codename]].filter(Boolean)
  const list = join(work, 'sources.list')
  writeFileSync(list, releases.map((release) => `deb ${mirror} ${release} main\n`).join(''))
  return [
    ['Dir::Etc::SourceList', list],
    ['Dir::Etc::SourceParts', '-'],
    ['Dir::State::Lists', join(work, 'lists')],
    ['Dir::Cache', join(work, 'cache')],
    ['Debug::NoLocking', 'true'],
    ['APT::Sandbox::User', 'root'],
    ['Acquire::Languages', 'none'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

function sourceParts() {
  const parts = '/etc/apt/sources.list.d'
  return existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []
}

/** The mirror a release comes from, out of sources in apt's old or new format. @param {string} sources @param {string} codename */
export function mirrorOf(sources, codename) {
  for (const stanza of sources.split(/\n\s*\n/)) {
    const suites = /^Suites:(.*)$/m.exec(stanza)?.[1]?.trim().split(/\s+/)
    if (suites?.includes(codename)) return /^URIs:\s*(\S+)/m.exec(stanza)?.[1]
    const line = new RegExp(`^deb\\s+(?:\\[.*?\\]\\s+)?(\\S+)\\s+${codename}\\s`, 'm').exec(stanza)
    if (line !== null) return line[1]
  }
  return undefined
}

/** Where the loader finds the driver, its description, and the libraries that the system lacks. @param {string} base @returns {Record<string, string>} */
function environmentOf(base) {
  const libraries = ['usr/lib', 'lib'].flatMap((path) => {
    const directory = join(base, 'root', path)
    const names = existsSync(directory) ? readdirSync(directory) : []
    return names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(directory, name))
  })
  const before = process.env.LD_LIBRARY_PATH
  return {
    VK_DRIVER_FILES: join(base, 'lavapipe.json'),
    LD_LIBRARY_PATH: [...libraries, ...(before ? [before] : [])].join(delimiter),
  }
}

/** @param {string} path */
function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** Runs a program silently and gives what it said. @param {string} command @param {string[]} args @param {string} [cwd] */
async function tool(command, args, cwd = root) {
  let output = ''
  const exitCode = await run(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' },
    onOutput: (text) => {
      output += text
    },
  }).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === 'ENOENT') throw new Error(`this system has no ${command}`)
    throw error
  })
  if (exitCode !== 0) throw new Error(`${command} failed: ${output.trim().split('\n').at(-1)}`)
  return output
}
