// The weight of each package: its entry points bundled with every dependency, minified, compressed with brotli.
// A ceiling has little room: it is raised in the commit that needs it, which has to say why.
import { readFileSync } from 'node:fs'
import { bundleOptions, entryPoints } from './checks/bundles.mjs'
import { root, workspaces } from './run/root.mjs'

/** @type {Record<string, string>} */
const limits = JSON.parse(readFileSync(new URL('size-limits.json', import.meta.url), 'utf8'))
const members = workspaces('packages', root)

export default members.flatMap((member) =>
  entryPoints(member).map(([subpath, file]) => {
    const name = `${member.manifest.name}${subpath.slice(1)}`
    if (limits[name] === undefined)
      throw new Error(
        `size-limit: expected a limit for ${name} in tools/size-limits.json, got none`,
      )
    return {
      name,
      path: file,
      limit: limits[name],
      /** @param {import('esbuild').BuildOptions} config */
      modifyEsbuildConfig: (config) => ({ ...config, ...bundleOptions(members) }),
    }
  }),
)
