import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The version of a package of npm, from its package.json, which not every package exports. */
export function packageVersion(system) {
  const require = createRequire(import.meta.url)
  const name = system.replace('npm:', '')
  for (let folder = dirname(require.resolve(name)); ; folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (manifest.name === name && manifest.version !== undefined) return manifest.version
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
}
