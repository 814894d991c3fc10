// node run-wasi.mjs <module> [arguments]: runs a WebAssembly program that writes and ends, nothing more (wasm32-wasip1).
//
// Not `node:wasi`: it breaks Node's heap now and then when V8 collects garbage within a call (nodejs/node#46777).
import { randomFillSync } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'

const [file = '', ...rest] = process.argv.slice(2)
const args = [file, ...rest].map((text) => Buffer.from(`${text}\0`))

const done = 0
const noSuchFile = 8
class Exit extends Error {}

/** Written by the program's start, before any call. @type {WebAssembly.Memory} */
let memory
const view = () => new DataView(memory.buffer)
const bytes = (/** @type {number} */ start, /** @type {number} */ length) =>
  new Uint8Array(memory.buffer, start, length)

/** @type {Record<string, (...numbers: number[]) => number>} */
const functions = {
  args_sizes_get(count, size) {
    view().setUint32(count, args.length, true)
    view().setUint32(size, Buffer.concat(args).length, true)
    return done
  },
  args_get(pointers, data) {
    for (const [i, text] of args.entries()) {
      view().setUint32(pointers + 4 * i, data, true)
      bytes(data, text.length).set(text)
      data += text.length
    }
    return done
  },
  environ_sizes_get(count, size) {
    view().setUint32(count, 0, true)
    view().setUint32(size, 0, true)
    return done
  },
  environ_get: () => done,
  random_get(start, length) {
    randomFillSync(bytes(start, length))
    return done
  },
  clock_time_get(_clock, _precision, time) {
    view().setBigUint64(time, process.hrtime.bigint(), true)
    return done
  },
  fd_write(descriptor, parts, count, written) {
    let total = 0
    for (let i = 0; i < count; i++) {
      const start = view().getUint32(parts + 8 * i, true)
      const length = view().getUint32(parts + 8 * i + 4, true)
      writeSync(descriptor, bytes(start, length))
      total += length
    }
    view().setUint32(written, total, true)
    return done
  },
  sched_yield: () => done,
  proc_exit(code) {
    process.exitCode = code
    throw new Exit()
  },
}

const module = new WebAssembly.Module(readFileSync(file))
const wanted = WebAssembly.Module.imports(module)
const imports = Object.fromEntries(
  // Files there are none.
  wanted.map(({ name }) => [name, functions[name] ?? (() => noSuchFile)]),
)
const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports })
memory = exports.memory
try {
  exports._start()
} catch (error) {
  if (!(error instanceof Exit)) throw error
}
