// The test runners: vitest over every package, cargo over the kernels.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, say } from './process.mjs'
import { root } from './root.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {string[]} args more arguments for vitest
 * @param {string} [summary] a file that gets the counts
 * @param {Record<string, string>} [env] more variables
 */
export async function runVitest(args, summary, env = {}) {
  const reporters =
    summary === undefined
      ? []
      : ['--reporter=default', '--reporter=json', `--outputFile.json=${summary}`]
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const exitCode = await run(process.execPath, [vitest, 'run', ...reporters, ...args], { env })
  if (summary !== undefined) writeCounts(summary, { vitest: vitestCounts(summary) })
  return exitCode
}

/** Runs the kernels' Rust tests; without cargo it says so and passes. @param {string} [summary] */
export async function runCargoTests(summary) {
  const manifest = join(root, 'packages', 'kernels', 'crate', 'Cargo.toml')
  const started = performance.now()
  let output = ''
  const exitCode = await run(
    'cargo',
    ['test', '--release', '--locked', '--quiet', '--manifest-path', manifest],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      onOutput: (text) => {
        output += text
      },
    },
  ).catch((error) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (exitCode === undefined) {
    say('cargo', 'not found: the kernels are not tested', 0)
    return 0
  }
  const counts = cargoCounts(output)
  if (exitCode !== 0) process.stderr.write(output)
  say('cargo', `${counts.passed} passed, ${counts.failed} failed`, performance.now() - started)
  if (summary !== undefined) writeCounts(summary, { cargo: counts })
  return exitCode
}

/** Adds up the lines `test result: ok. 3 passed; 0 failed; 1 ignored; ...` of cargo. @param {string} output @returns {Counts} */
export function cargoCounts(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed)
    counts.failed += Number(failed)
    counts.skipped += Number(ignored)
  }
  return counts
}

/** A test file that does not load counts as one failure: vitest reports it without any test. @param {string} path @returns {Counts} */
function vitestCounts(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const unloaded = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @param {string} path @param {Record<string, Counts>} counts */
function writeCounts(path, counts) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  // vitest's own report was the file's first content; only the counts stay.
  const kept = 'testResults' in before ? {} : before
  writeFileSync(path, JSON.stringify({ ...kept, ...counts }))
}
