// npm run release: publishes the platform packages in platform-packages/, then every package whose version is new.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run/process.mjs'
import { readManifest, root } from './run/root.mjs'

const folder = join(root, 'platform-packages')
const { version } = readManifest(join(root, 'packages', 'kernels'))
const suffix = `-${version}.tgz`
const tarballs = existsSync(folder)
  ? readdirSync(folder).filter((file) => file.endsWith(suffix))
  : []
const names = tarballs.map((file) => file.slice(0, -suffix.length).replace(/^llm-/, '@llm/'))

for (const [index, file] of tarballs.entries()) {
  // A release that stopped half-way is started again: what is there stays.
  const published =
    (await run('npm', ['view', `${names[index]}@${version}`, 'version'], { stdio: 'ignore' })) === 0
  if (published) continue
  const exitCode = await run('npm', [
    'publish',
    join(folder, file),
    '--access',
    'public',
    '--provenance',
  ])
  if (exitCode !== 0) process.exit(exitCode)
}
// Read by pack-manifest.mjs: the kernels name exactly the platform packages that exist.
const env = { PLATFORM_PACKAGES: names.join(' ') }
process.exitCode = await run(
  process.execPath,
  [join(root, 'node_modules/@changesets/cli/bin.js'), 'publish'],
  { env },
)
