// node tools/platform-package.mjs [--out <folder>]: packs the native addon just built as the package of this platform.
//
// `@llm/kernels` names these as optional dependencies, so an installer fetches the one that fits and runs no script.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readManifest, root } from './run/root.mjs'

const kernels = join(root, 'packages', 'kernels')

/**
 * The package.json of one platform's package.
 * @param {import('./run/root.mjs').Manifest & { license?: string, repository?: object }} main that of `@llm/kernels`
 * @param {string} platform as in `process.platform`
 * @param {string} arch as in `process.arch`
 */
export function platformManifest(main, platform, arch) {
  return {
    name: platformPackageName(platform, arch),
    version: main.version,
    description: `The native addon of ${main.name} for ${platform} on ${arch}.`,
    license: main.license,
    repository: main.repository,
    os: [platform],
    cpu: [arch],
    // The addon is linked against glibc; without this an installer would take it on Alpine too.
    ...(platform === 'linux' && { libc: ['glibc'] }),
    main: 'kernels.node',
    files: ['kernels.node'],
    publishConfig: { access: 'public', provenance: true },
  }
}

/** @param {string} platform @param {string} arch */
export function platformPackageName(platform, arch) {
  return `@llm/kernels-${platform}-${arch}`
}

/** Packs `addon` into `out` and gives the tarball's path. @param {string} addon a .node file @param {string} out a folder */
export function packPlatform(addon, out) {
  const work = mkdtempSync(join(tmpdir(), 'platform-'))
  const manifest = platformManifest(readManifest(kernels), process.platform, process.arch)
  try {
    copyFileSync(addon, join(work, 'kernels.node'))
    copyFileSync(join(root, 'LICENSE'), join(work, 'LICENSE'))
    writeFileSync(join(work, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    writeFileSync(
      join(work, 'README.md'),
      `# ${manifest.name}\n\n${manifest.description} Installed by @llm/kernels; there is no need to ask for it.\n`,
    )
    mkdirSync(out, { recursive: true })
    // One string and a shell: npm is a .cmd file on Windows.
    const file = execFileSync(`npm pack --silent --pack-destination "${resolve(out)}"`, {
      cwd: work,
      encoding: 'utf8',
      shell: true,
    })
    return join(out, file.trim())
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** Where build-native.mjs puts the addon of this machine. */
export const addonPath = join(kernels, 'native', `${process.platform}-${process.arch}.node`)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'platform-packages' } },
  })
  if (!existsSync(addonPath)) {
    throw new Error(
      `platform-package: expected ${addonPath}, found none; install cargo and run npm run build`,
    )
  }
  console.log(packPlatform(addonPath, values.out))
}
