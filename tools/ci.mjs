// What .ci/run does: the tests, then every static check, all of them even when one fails. The last line counts both.
// With --no-tests, as `npm run check` calls it, the checks alone.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run/process.mjs'
import { root } from './run/root.mjs'

/** @typedef {{ name: string, ok: boolean, seconds: number, note: string }} Row */
/** @typedef {import('./run/tests.mjs').Counts} Counts */

const program = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name)
/** @typedef {[name: string, command: string, args: string[]]} Check */
/** @param {string} name @returns {Check} */
const own = (name) => [name, process.execPath, [join(root, 'tools', 'check.mjs'), name]]
// Not docs: its build is a check of its own.
const turbo = (/** @type {string} */ task) => [
  'run',
  task,
  '--filter=!docs',
  '--output-logs=errors-only',
  '--continue=always',
]

/** @type {Check[]} */
const checks = [
  ['biome', program('biome'), ['ci', '.']],
  ['types', program('turbo'), turbo('typecheck')],
  ['exports', program('turbo'), turbo('check:exports')],
  ['knip', program('knip'), []],
  own('graph'),
  own('files'),
  own('links'),
  own('bundles'),
  own('sizes'),
  own('packs'),
  own('rust'),
  ['docs', program('pnpm'), ['--filter', 'docs', 'build']],
]

async function main() {
  /** @type {Row[]} */
  const rows = []
  const tests = process.argv.includes('--no-tests') ? undefined : await runTests(rows)
  for (const [name, command, args] of checks) rows.push(await runCheck(name, command, args))
  for (const { name, ok, seconds, note } of rows) {
    console.log(
      `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd(),
    )
  }
  const summary = summarize(tests, rows)
  process.exitCode = summary.ok ? 0 : 1
  console.log(summary.line)
}

/**
 * The closing line and whether all is well. `npm test` itself is a row too: it can fail although no test did.
 * @param {Record<string, Counts> | undefined} tests undefined when none were asked for
 * @param {Row[]} rows
 */
export function summarize(tests, rows) {
  const all = Object.values(tests ?? {})
  const sum = (/** @type {keyof Counts} */ key) =>
    all.reduce((total, counts) => total + counts[key], 0)
  const passedChecks = rows.filter(({ ok }) => ok).length
  const ran = tests === undefined || sum('passed') + sum('failed') > 0
  const failed = sum('failed') + rows.length - passedChecks + (ran ? 0 : 1)
  return { ok: failed === 0, line: `${sum('passed') + passedChecks} passed, ${failed} failed` }
}

/** @param {Row[]} rows @returns {Promise<Record<string, Counts>>} */
async function runTests(rows) {
  const directory = mkdtempSync(join(tmpdir(), 'ci-'))
  const summary = join(directory, 'summary.json')
  const started = performance.now()
  const exitCode = await run('npm', ['test', '--', `--summary=${summary}`], {
    env: { CI: 'true' },
  })
  /** @type {Record<string, Counts>} */
  const tests = existsSync(summary) ? JSON.parse(readFileSync(summary, 'utf8')) : {}
  rmSync(directory, { recursive: true })
  const note = Object.entries(tests)
    .map(
      ([name, { passed, failed, skipped }]) =>
        `${name} ${passed} passed, ${failed} failed, ${skipped} skipped`,
    )
    .join('; ')
  rows.push({
    name: 'npm test',
    ok: exitCode === 0,
    seconds: (performance.now() - started) / 1000,
    note: note || 'no test ran',
  })
  return tests
}

/** @param {string} name @param {string} command @param {string[]} args @returns {Promise<Row>} */
async function runCheck(name, command, args) {
  const started = performance.now()
  let output = ''
  const exitCode = await run(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NO_COLOR: '1' },
    onOutput: (text) => {
      output += text
    },
  }).catch((/** @type {Error} */ error) => {
    output += error.message
    return 1
  })
  if (exitCode !== 0) console.log(`--- ${name}\n${output.trim()}\n---`)
  const skipped = output.match(/[^(,\n]*skipped: [^,)\n]*/g) ?? []
  const note =
    exitCode === 0 ? skipped.join(';').trim() : `exit code ${exitCode}, its output is above`
  return { name, ok: exitCode === 0, seconds: (performance.now() - started) / 1000, note }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
