// Random shapes and options of every op: native against the references on TensorFlow.js's cpu kernels. A process of its own, so
// that a crash does not take the case that caused it along: the case is printed before it runs.
//
//   FUZZ_SECONDS=600 FUZZ_SEED=1 node --conditions=@llm/source --import tsx test/parity/fuzz-process.ts
//
// FUZZ_CASE=<number> runs that case of the seed alone.
import { writeSync } from 'node:fs'
import { type Random, random } from '@llm/data/random'
import { Capture, tf, useBackend } from '../../src/index.js'
import { type FuzzCase, fuzzCases } from './fuzz-cases.js'

const names = Object.keys(fuzzCases)

async function main(): Promise<void> {
  const seed = Number(process.env.FUZZ_SEED ?? 1)
  const only = process.env.FUZZ_CASE
  const end = performance.now() + Number(process.env.FUZZ_SECONDS ?? 60) * 1000
  await useBackend('cpu')
  await useBackend('native')
  const counts = new Map<string, number>()
  for (let index = Number(only ?? 0); only !== undefined || performance.now() < end; index++) {
    const numbers = random(seed, 'fuzz', index)
    const name = names[index % names.length] ?? ''
    const made = fuzzCases[name]?.(numbers)
    if (made === undefined) continue
    // Synchronous: it is out before anything can crash.
    writeSync(1, `${JSON.stringify({ seed, case: index, op: name, ...made.settings })}\n`)
    await compare(made, numbers)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    if (only !== undefined) break
  }
  writeSync(1, `${JSON.stringify({ passed: Object.fromEntries(counts) })}\n`)
}

async function compare(made: FuzzCase, numbers: Random): Promise<void> {
  const { shapes, tolerance = 2e-5 } = made
  const values = shapes.map((shape) => floats(numbers, shape))
  const weights = (shape: readonly number[]) => floats(random(7, shape.join(), 0), shape)
  const expected = await evaluate('cpu', made, values, weights)
  const found = await evaluate('native', made, values, weights)
  if (found.length !== expected.length) {
    throw new Error(`expected ${expected.length} tensors, got ${found.length}`)
  }
  for (const [i, { shape, data }] of expected.entries()) {
    const other = found[i]
    if (other === undefined || other.shape.join() !== shape.join()) {
      throw new Error(`tensor ${i}: expected shape [${shape}], got [${other?.shape}]`)
    }
    const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    for (const [j, value] of data.entries()) {
      const got = other.data[j] ?? Number.NaN
      if (!(Math.abs(value - got) <= tolerance * scale)) {
        throw new Error(`tensor ${i} of [${shape}] at ${j}: expected ${value}, got ${got}`)
      }
    }
  }
}

interface Plain {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** The outputs, then the gradients, on one backend, with nothing left behind. */
async function evaluate(
  backend: 'cpu' | 'native',
  { shapes, run }: FuzzCase,
  values: readonly Float32Array[],
  weights: (shape: readonly number[]) => Float32Array,
): Promise<Plain[]> {
  await tf.setBackend(backend)
  const before = tf.memory().numTensors
  const results: tf.Tensor[] = []
  const variables = tf.engine().state.registeredVariables
  tf.engine().startScope()
  const inputs = shapes.map((shape, i) =>
    tf.tensor(values[i]?.slice() ?? [], [...shape], 'float32'),
  )
  const compute = (...given: tf.Tensor[]): tf.Tensor[] => {
    const outputs = run(given)
    if (Array.isArray(outputs)) return outputs
    const dy = tf.tensor(weights(outputs.shape), outputs.shape, 'float32')
    const single = (...xs: tf.Tensor[]) => {
      const y = run(xs)
      if (Array.isArray(y)) throw new TypeError('expected one tensor')
      return y
    }
    return [outputs, ...tf.grads(single)(given, dy)]
  }
  results.push(...compute(...inputs))
  if (backend === 'native') expectReplays(compute, inputs, results)
  const plain = results.map((x) => ({ shape: x.shape, data: [...x.dataSync()] }))
  // What an update returns is kept.
  tf.dispose(results)
  tf.engine().endScope()
  for (const variable of Object.values(variables)) variable.dispose()
  const left = tf.memory().numTensors - before
  if (left !== 0) throw new Error(`${left} tensors are left over on ${backend}`)
  return plain
}

/** What was recorded on other inputs gives the same bits, replayed, bound, and once bound. */
function expectReplays(
  compute: (...inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: tf.Tensor[],
  results: readonly tf.Tensor[],
): void {
  const capture = new Capture(compute)
  const others = inputs.map((x) => tf.add(x, 0.5))
  tf.dispose(capture.run(others))
  for (const name of ['replayed', 'bound', 'once bound']) {
    const found = capture.run(inputs)
    for (const [i, x] of found.entries()) {
      const [got, expected] = [x.dataSync(), results[i]?.dataSync() ?? []]
      const j = got.findIndex((value, at) => !Object.is(value, expected[at]))
      if (j >= 0) {
        throw new Error(`tensor ${i} ${name} at ${j}: expected ${expected[j]}, got ${got[j]}`)
      }
    }
    tf.dispose(found)
  }
  capture.dispose()
}

function floats(numbers: Random, shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1)
  return Float32Array.from({ length }, () => numbers.normal())
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
})
