// Builds the Rust kernels for this machine into native/<platform>-<arch>.node.
// Without cargo it says so and succeeds: another backend takes over. A build that fails is an error.
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

if (spawnSync('cargo', ['--version']).status !== 0) {
  console.log(
    'kernels: cargo not found, native kernels not built; another backend is used (https://rustup.rs installs cargo)',
  )
  process.exit(0)
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
