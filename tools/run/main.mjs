// The commands of the root package.json. Each makes ready what it needs, says so in one line per step, then does its job.
import { build, buildKernels } from './build.mjs'
import { install } from './install.mjs'
import { runBench, runChecks, runParity, runStart, runTests } from './jobs.mjs'
import { StepFailed } from './process.mjs'

const jobs = {
  build: async () => 0,
  start: runStart,
  test: runTests,
  check: runChecks,
  parity: runParity,
  bench: runBench,
}

/**
 * Runs one command and sets the exit code of the process.
 * @param {string[]} argv the command's name, then its arguments
 */
export async function main([name = '', ...args]) {
  if (!isJob(name)) {
    console.error(`run: expected one of ${Object.keys(jobs).join(', ')}, got '${name}'`)
    process.exitCode = 1
    return
  }
  try {
    await install()
    await buildKernels()
    await build()
    process.exitCode = await jobs[name](args)
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(error.message)
    process.exitCode = error.exitCode
  }
}

/** @param {string} name @returns {name is keyof typeof jobs} */
function isJob(name) {
  return Object.hasOwn(jobs, name)
}
