// Every entry point stays under its ceiling in tools/size-limits.json; `.size-limit.mjs` says what is weighed.
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {{ name: string, passed: boolean, size: number, sizeLimit?: number }} Size */

/** @param {string} base the repository, built @returns {Promise<import('./report.mjs').Report>} */
export async function checkSizes(base) {
  const program = fileURLToPath(import.meta.resolve('size-limit'))
  const { stdout, stderr } = await new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(dirname(program), 'bin.js'), '--json'],
      { cwd: join(base, 'tools') },
      // It ends with 1 when a limit is passed; the answer is on standard output all the same.
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    )
  })
  if (!stdout.trim().startsWith('['))
    return { problems: [stdout + stderr], detail: 'size-limit gave no answer' }
  return judgeSizes(JSON.parse(stdout))
}

/** @param {Size[]} sizes @returns {import('./report.mjs').Report} */
export function judgeSizes(sizes) {
  const problems = sizes.flatMap(({ name, passed, size, sizeLimit }) => {
    // size-limit passes a file that is not there, with a size below zero.
    if (size <= 0 || sizeLimit === undefined) return [`${name}: nothing to weigh; build first`]
    return passed ? [] : [`${name}: ${size} bytes, at most ${sizeLimit} are allowed`]
  })
  return {
    problems,
    detail: sizes.map(({ name, size }) => `${name} ${(size / 1000).toFixed(1)} kB`).join(', '),
  }
}
