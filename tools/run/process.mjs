// Child processes: one line per step, signals handed on once, exit codes kept.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from './root.mjs'

/** @typedef {{ cwd?: string, env?: Record<string, string>, stdio?: import('node:child_process').StdioOptions, onOutput?: (text: string) => void }} RunOptions */

/** A step that ended the whole run; the message is for the reader. */
export class StepFailed extends Error {
  /** @param {string} message @param {number} exitCode */
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/**
 * Runs a program to its end and gives its exit code (128 + n when signal n ended it).
 *
 * The child gets a process group of its own: a terminal sends Ctrl-C to every process of the foreground group and npm
 * passes it on once more, so a child in our group would see it two or three times, and a program that saves on the
 * first and gives up on the second would never save.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  const ownGroup = process.platform !== 'win32'
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: environment(options.env),
    stdio: options.stdio ?? 'inherit',
    detached: ownGroup,
    windowsHide: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => options.onOutput?.(text))
  }
  const release = forwardSignals((signal) => {
    try {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, signal)
      else child.kill(signal)
    } catch {
      // It has ended in the meantime.
    }
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    )
  }).finally(release)
}

/**
 * Runs a program silently, then prints one line with its time; its output is shown only when it fails.
 * @param {string} label
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions & { detail?: (output: string) => string }} [options] `detail` words the line from the output
 */
export async function step(label, command, args, options = {}) {
  const started = performance.now()
  let output = ''
  const exitCode = await run(command, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    onOutput: (text) => {
      output += text
    },
  })
  if (exitCode !== 0) {
    process.stderr.write(output)
    throw new StepFailed(
      `${label}: ${command} ${args.join(' ')} ended with exit code ${exitCode}`,
      exitCode,
    )
  }
  say(label, options.detail?.(output) ?? '', performance.now() - started)
  return output
}

/** Prints one line of progress to standard error: what, how it went, how long. @param {string} label @param {string} detail @param {number} milliseconds */
export function say(label, detail, milliseconds) {
  const time = `${(milliseconds / 1000).toFixed(1)} s`
  console.error(`${label.padEnd(9)} ${detail.padEnd(46)} ${time.padStart(8)}`)
}

/** The environment of every child: the repository's own tools first on the path, no telemetry. @param {Record<string, string>} [extra] */
export function environment(extra = {}) {
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
  // Windows spells it Path; a second spelling would hide the first.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const { [name]: path = '' } = /** @type {Record<string, string | undefined>} */ (env)
  return { ...env, [name]: [join(root, 'node_modules', '.bin'), path].join(delimiter), ...extra }
}

/** Two signals closer than this are one Ctrl-C, from the terminal and from npm. */
const sameSignalMilliseconds = 500

/** @param {(signal: NodeJS.Signals) => void} send @returns {() => void} call it to stop */
function forwardSignals(send) {
  let last = Number.NEGATIVE_INFINITY
  /** @param {NodeJS.Signals} signal */
  const once = (signal) => {
    const now = performance.now()
    if (now - last > sameSignalMilliseconds) send(signal)
    last = now
  }
  /** @type {[NodeJS.Signals, (signal: NodeJS.Signals) => void][]} */
  const handlers = [
    ['SIGINT', once],
    ['SIGTERM', once],
    ['SIGHUP', once],
  ]
  // A group of its own hears nothing of the terminal, so the new width has to be passed on too.
  if (process.platform !== 'win32') handlers.push(['SIGWINCH', send])
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}
