import { Worker } from 'node:worker_threads'
import { afterAll, expect, it } from 'vitest'
import { type Kernels, loadKernels } from '../src/index.js'

const loaded = loadKernels()

if (loaded.kernels === undefined) it.skip(loaded.error.message, () => {})
else suite(loaded.kernels, loaded.source)

/** One pool serves every thread of the process: whoever finds it taken works alone, with the same bits. */
function suite(k: Kernels, source: string): void {
  afterAll(() => k.setThreads(0))

  it('gives several worker threads the same bits while the number of threads changes', async () => {
    const workers = [0, 1, 2, 3].map(() => start(source, 150))
    const ended = Promise.all(workers.map(({ bits }) => bits))
    let running = true
    void ended.finally(() => {
      running = false
    })
    const own = calls(k, 1)
    for (let threads = 1; running; threads = (threads % 5) + 1) {
      k.setThreads(threads)
      expect(calls(k, 1)).toBe(own)
      // The messages of the workers.
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await ended).toEqual([own, own, own, own])
  })

  it('goes on after worker threads were ended in the middle of their calls', async () => {
    const own = calls(k, 1)
    for (let round = 0; round < 5; round++) {
      const workers = [0, 1].map(() => start(source, 1e9))
      await Promise.all(workers.map(({ working }) => working))
      await Promise.all(workers.map(({ worker }) => worker.terminate()))
      expect(calls(k, 1)).toBe(own)
    }
  })
}

/** Products and sums large enough for several threads, and an error between them; the bits of the last results. */
function calls(k: Pick<Kernels, 'product' | 'sumAll' | 'gelu'>, rounds: number): string {
  const [m, n, depth] = [97, 193, 65]
  const a = Float32Array.from({ length: m * depth }, (_, i) => Math.sin(i))
  const b = Float32Array.from({ length: depth * n }, (_, i) => Math.cos(i))
  const c = new Float32Array(m * n)
  const y = new Float32Array(m * n)
  let bits = ''
  for (let round = 0; round < rounds; round++) {
    k.product(a, b, new Float32Array(0), c, 1, m, n, depth, 0)
    try {
      k.gelu(c, true, new Float32Array(1))
      return 'an output of another size was taken'
    } catch {
      k.gelu(c, true, y)
    }
    const next = `${k.sumAll(y)} ${Buffer.from(y.buffer).toString('base64')}`
    if (bits !== '' && next !== bits) return `other bits in round ${round}`
    bits = next
  }
  return bits
}

/** A worker thread that makes these calls: `working` when it has begun, `bits` at its end. */
function start(source: string, rounds: number) {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const calls = ${calls}
    const kernels = require(workerData.source)
    parentPort.postMessage('working')
    parentPort.postMessage(calls(kernels, workerData.rounds))`
  const worker = new Worker(code, { eval: true, workerData: { source, rounds } })
  const working = new Promise<void>((resolve) => worker.once('message', () => resolve()))
  const bits = new Promise<string>((resolve, reject) => {
    worker.on('message', (message) => {
      if (message !== 'working') resolve(message)
    })
    worker.once('error', reject)
  })
  return { worker, working, bits }
}
