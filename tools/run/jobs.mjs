// What the four commands do once everything is built. Each gives the exit code.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareBackends } from './backends.mjs'
import { run } from './process.mjs'
import { preparePython } from './python.mjs'
import { readManifest, root } from './root.mjs'
import { prepareTensorflow } from './tensorflow.mjs'
import { runCargoTests, runVitest } from './tests.mjs'

/** The main job: raw text to a trained model. Arguments go to the example. @param {string[]} args */
export async function runStart(args) {
  const directory = join(root, 'examples', 'from-scratch')
  const script = readManifest(directory).scripts?.start ?? ''
  // "node dist/main.js": started without npm between us and it, so that signals and the exit code stay exact.
  const [program, ...rest] = script.split(' ')
  if (program !== 'node') {
    throw new Error(
      `start: expected a script that begins with 'node' in ${directory}/package.json, got '${script}'`,
    )
  }
  return run(process.execPath, [...rest.map((part) => resolveScript(directory, part)), ...args])
}

/** Every test. `--summary=<file>` writes the counts; other arguments go to vitest, and then only vitest runs. @param {string[]} args */
export async function runTests(args) {
  const summary = args.find((arg) => arg.startsWith('--summary='))?.slice('--summary='.length)
  const rest = args.filter((arg) => !arg.startsWith('--summary='))
  const vitest = await runVitest(rest, summary, await prepareBackends())
  if (rest.length > 0) return vitest
  const cargo = await runCargoTests(summary)
  return vitest || cargo
}

/** Every static check; the tests are not among them. */
export async function runChecks() {
  return run(process.execPath, [join(root, 'tools', 'ci.mjs'), '--no-tests'])
}

/** Comparisons with other systems that need Python. @param {string[]} args */
export async function runParity(args) {
  const python = await preparePython()
  const env = { ...python, ...(await prepareTensorflow(python)) }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  return run(
    process.execPath,
    [vitest, 'run', '--config', join(root, 'tools', 'vitest.parity.config.ts'), ...args],
    { env },
  )
}

/** Measurements beside other systems. @param {string[]} args */
export async function runBench(args) {
  return run(process.execPath, [join(root, 'bench', 'run.mjs'), ...args])
}

/** A script file is named relative to its package; the job runs in the folder the user is in. @param {string} directory @param {string} part */
function resolveScript(directory, part) {
  const path = join(directory, part)
  return existsSync(path) ? path : part
}
