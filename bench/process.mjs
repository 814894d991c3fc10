// One measured system: a process that says it is ready, then answers each "run" with one JSON line.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Starts `{ file, args, env? }` and waits until it is ready. */
export async function startSystem(system, { file, args, env = {} }) {
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const waiting = []
  const fail = (reason) => {
    const error = new Error(`bench: ${system} stopped (${reason}); its own message is above`)
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => fail(signal ?? `exit code ${code}`))
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Libraries print to standard output too; only our own lines count.
    if (line.startsWith('{"bench":')) waiting.shift()?.resolve(JSON.parse(line).bench)
  })
  const answer = () =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) reject(new Error(`bench: ${system} is not running`))
      waiting.push({ resolve, reject })
    })
  const { versions } = await answer()
  return {
    versions,
    run() {
      const next = answer()
      child.stdin.write('run\n')
      return next
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await new Promise((resolve) => child.once('exit', resolve))
      clearTimeout(timer)
    },
  }
}
