import { parentPort, workerData } from 'node:worker_threads'
import { type FromWorker, failed, type WorkerInput } from './messages.js'
import { loadStage } from './run-batch.js'

// The program of each thread of the pool: load the module, say so, then answer every batch with its result.
if (!parentPort) throw new Error('worker: expected to be started by mapInWorkers')
const port = parentPort
const { module, options }: WorkerInput = workerData

function send(message: FromWorker): void {
  port.postMessage(message)
}

try {
  const run = await loadStage(module, options)
  port.on('message', async (items: readonly unknown[]) => {
    try {
      send({ kind: 'result', result: await run(items) })
    } catch (error) {
      send({ kind: 'threw', ...failed(error) })
    }
  })
  send({ kind: 'ready' })
} catch (error) {
  send({ kind: 'broken', ...failed(error) })
}
