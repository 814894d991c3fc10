import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './root.mjs'

const module = JSON.stringify(join(root, 'tools', 'run', 'process.mjs'))

/** Starts a program that hands over to `script` and ends with its exit code. @param {string} script */
function start(script) {
  const program = `import { run } from ${module}
process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(script)}])`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number | null>} */
const ended = (child) => new Promise((resolve) => child.once('close', resolve))

test('keeps the exit code', async () => {
  expect(await ended(start('process.exit(7)'))).toBe(7)
})

test('says which signal ended the program', async () => {
  expect(await ended(start("process.kill(process.pid, 'SIGKILL')"))).toBe(128 + 9)
})

test('hands one Ctrl-C on once, however often it arrives, and waits for the program to end', async () => {
  const child = start(`let n = 0
    process.on('SIGINT', () => n++)
    console.log('ready')
    setTimeout(() => process.exit(n), 1000)`)
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  child.kill('SIGINT')
  child.kill('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGINT')
  expect(await ended(child)).toBe(1)
})
