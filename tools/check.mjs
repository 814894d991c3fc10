// node tools/check.mjs <name>: one of the repository's own checks, or all of them one after the other.
import { checkBundles } from './checks/bundles.mjs'
import { checkFiles } from './checks/files.mjs'
import { checkGraph } from './checks/graph.mjs'
import { checkLinks } from './checks/links.mjs'
import { checkPacks } from './checks/packs.mjs'
import { checkRust } from './checks/rust.mjs'
import { checkSizes } from './checks/sizes.mjs'
import { root } from './run/root.mjs'

/** @type {Record<string, (base: string) => import('./checks/report.mjs').Report | Promise<import('./checks/report.mjs').Report>>} */
const checks = {
  graph: checkGraph,
  files: checkFiles,
  links: checkLinks,
  bundles: checkBundles,
  sizes: checkSizes,
  packs: checkPacks,
  rust: checkRust,
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)
for (const name of names) {
  const check = checks[name]
  if (check === undefined)
    throw new Error(`check: expected one of ${Object.keys(checks).join(', ')}, got ${name}`)
  const { problems, detail } = await check(root)
  for (const problem of problems) console.error(problem)
  console.log(`${name}: ${problems.length === 0 ? 'ok' : `${problems.length} wrong`} (${detail})`)
  if (problems.length > 0) process.exitCode = 1
}
