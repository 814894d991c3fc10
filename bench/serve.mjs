// The other side of process.mjs for systems that run in Node.
import { createInterface } from 'node:readline'

/** Says ready, then calls `run()` for each line of standard input and answers `{ value, check? }` with the peak memory. */
export async function serve(versions, run) {
  say({ versions })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'run') say({ ...(await run()), peakRssMB: process.resourceUsage().maxRSS / 1024 })
  }
  process.exit(0)
}

function say(message) {
  process.stdout.write(`${JSON.stringify({ bench: message })}\n`)
}
