// Builds the Rust kernels for this machine into native/<platform>-<arch>.node.
// Without a cargo that is new enough it says so and succeeds: another backend takes over. A build that fails is an error.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const libraries = {
  linux: 'libllm_kernels.so',
  darwin: 'libllm_kernels.dylib',
  win32: 'llm_kernels.dll',
}
const library = libraries[process.platform] ?? libraries.linux
const targetDirectory = join(root, 'crate', 'target')
const name = `${process.platform}-${process.arch}.node`
const addon = join(root, 'native', name)

const cargo = spawnSync('cargo', ['--version'], { encoding: 'utf8' })
if (cargo.status !== 0) skip('cargo not found', 'see https://rustup.rs')

const manifest = readFileSync(join(root, 'crate', 'Cargo.toml'), 'utf8')
const needed = /^rust-version = "(.+)"$/m.exec(manifest)?.[1] ?? '0'
const version = /\d+\.\d+\.\d+/.exec(cargo.stdout)?.[0] ?? '0'
if (version.localeCompare(needed, 'en', { numeric: true }) < 0) {
  skip(`cargo ${version} is older than ${needed}`, 'rustup update')
}

const build = spawnSync(
  'cargo',
  ['build', '--release', '--lib', '--locked', '--quiet', '--target-dir', targetDirectory],
  { cwd: join(root, 'crate'), encoding: 'utf8' },
)
if (build.status !== 0) {
  console.error(`kernels: cargo build failed\n${build.stderr || build.error}`)
  process.exit(1)
}

const built = join(targetDirectory, 'release', library)
if (existsSync(addon) && readFileSync(addon).equals(readFileSync(built))) {
  console.log(`kernels: native/${name} is up to date`)
} else {
  mkdirSync(dirname(addon), { recursive: true })
  // A process may have the old file loaded: it keeps it, the name gets the new one.
  const temporary = `${addon}.${process.pid}`
  copyFileSync(built, temporary)
  renameSync(temporary, addon)
  console.log(`kernels: built native/${name}`)
}

function skip(reason, cure) {
  console.log(`kernels: ${reason}: native kernels not built, another backend is used (${cure})`)
  process.exit(0)
}
