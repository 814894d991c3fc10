// The other side of process.mjs for systems that run in Node.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

/**
 * Says ready, then calls `run()` for each line of standard input and answers `{ value, check? }` with the peak memory. What came
 * before, such as reading the text, has left garbage, which is collected first: that is no part of what is measured.
 */
export async function serve(versions, run) {
  say({ versions })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'run') continue
    collectGarbage()
    say({ ...(await run()), peakRssMB: peakRssMB() })
  }
  process.exit(0)
}

/** Linux counts what the process that started this one had, in all but VmHWM. */
function peakRssMB() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
}

function say(message) {
  process.stdout.write(`${JSON.stringify({ bench: message })}\n`)
}
