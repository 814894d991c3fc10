// A whole GPT-2 training step (forward, backward, clip, AdamW) from this package's ops alone, one backend per process:
//   node bench/gpt2-step.mjs native A 30 [threads | profile]
// prints one JSON line with the median and best milliseconds and the loss after the steps.
import {
  adamMoments,
  addScaled,
  attention,
  crossEntropy,
  embedding,
  fold,
  gelu,
  globalNorm,
  key,
  layerNorm,
  linear,
  normal,
  tf,
  useBackend,
} from '../dist/index.js'

const cases = {
  A: { nLayers: 4, width: 128, nHeads: 4, time: 64, batch: 12, vocabulary: 65 },
  B: { nLayers: 6, width: 384, nHeads: 6, time: 256, batch: 4, vocabulary: 65 },
}
const [backend = 'native', name = 'A', count = '20', mode = '2'] = process.argv.slice(2)
const { nLayers, width, nHeads, time, batch, vocabulary } = cases[name]
await useBackend(backend, { threads: Number(mode) || 2 })

const parameters = init()
const moments = Object.fromEntries(
  Object.entries(parameters).map(([k, p]) => [
    k,
    { m: tf.keep(tf.zerosLike(p)), v: tf.keep(tf.zerosLike(p)) },
  ]),
)
const ids = Int32Array.from({ length: batch * (time + 1) }, (_, i) => (i * i + 7 * i) % vocabulary)
const inputs = tf.tensor2d(rows(0), [batch, time], 'int32')
const targets = tf.tensor2d(rows(1), [batch, time], 'int32')
const positions = tf.range(0, time, 1, 'int32')

const times = []
const cpuTimes = []
let loss = 0
if (mode === 'profile') {
  for (let i = 1; i < 4; i++) step(i)
  const total = new Map()
  const info = await tf.profile(() => {
    step(4)
  })
  for (const k of info.kernels) {
    const entry = total.get(k.name) ?? { count: 0, ms: 0 }
    entry.count++
    entry.ms += typeof k.kernelTimeMs === 'number' ? k.kernelTimeMs : await k.kernelTimeMs
    total.set(k.name, entry)
  }
  console.table(
    [...total].sort((a, b) => b[1].ms - a[1].ms).map(([kernel, e]) => ({ kernel, ...e })),
  )
} else {
  for (let i = 1; i <= Number(count); i++) {
    const [start, cpu] = [performance.now(), cpuMs()]
    loss = step(i)
    times.push(performance.now() - start)
    cpuTimes.push(cpuMs() - cpu)
  }
  const sorted = sort(times)
  const sortedCpu = sort(cpuTimes)
  console.log(
    JSON.stringify({
      backend,
      case: name,
      threads: Number(mode),
      steps: times.length,
      medianMs: Number(sorted[Math.floor(sorted.length / 2)].toFixed(2)),
      bestMs: Number(sorted[0].toFixed(2)),
      medianCpuMs: Number(sortedCpu[Math.floor(sortedCpu.length / 2)].toFixed(2)),
      bestCpuMs: Number(sortedCpu[0].toFixed(2)),
      loss: Number(loss.toFixed(5)),
      rssMB: Math.round(process.resourceUsage().maxRSS / 1024),
      tensors: tf.memory().numTensors,
    }),
  )
}

function step(number) {
  const loss = tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => forward())
    const norm = globalNorm(Object.values(grads))
    const scale = tf.minimum(1, tf.div(1, norm))
    for (const [k, gradient] of Object.entries(grads)) {
      const parameter = parameters[k]
      const old = moments[k]
      const options = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step: number }
      const { update, m, v } = adamMoments(tf.mul(gradient, scale), old.m, old.v, options)
      tf.dispose([old.m, old.v])
      moments[k] = { m: tf.keep(m), v: tf.keep(v) }
      const decayed = parameter.rank > 1 ? addScaled(update, parameter, 0.1) : update
      parameter.assign(addScaled(parameter, decayed, -1e-3))
    }
    return value
  })
  const result = loss.dataSync()[0]
  loss.dispose()
  return result
}

function forward() {
  const p = (k) => parameters[k]
  let x = tf.add(embedding(p('wte'), inputs), embedding(p('wpe'), positions))
  for (let i = 0; i < nLayers; i++) {
    const normed = layerNorm(x, p(`${i}.ln1.g`), p(`${i}.ln1.b`))
    const [q, k, v] = tf.split(linear(normed, p(`${i}.qkv.w`), p(`${i}.qkv.b`)), 3, -1)
    const mixed = linear(attention(q, k, v, { nHeads }), p(`${i}.proj.w`), p(`${i}.proj.b`))
    x = tf.add(x, mixed)
    const hidden = linear(
      layerNorm(x, p(`${i}.ln2.g`), p(`${i}.ln2.b`)),
      p(`${i}.fc.w`),
      p(`${i}.fc.b`),
    )
    x = tf.add(x, linear(gelu(hidden), p(`${i}.out.w`), p(`${i}.out.b`)))
  }
  x = layerNorm(x, p('ln.g'), p('ln.b'))
  const flat = tf.reshape(x, [batch * time, width])
  const logits = tf.matMul(flat, p('wte'), false, true)
  return crossEntropy(logits, tf.reshape(targets, [batch * time]))
}

function init() {
  const root = key(1)
  const result = {}
  const add = (name, tensor) => {
    result[name] = tf.variable(tensor, true, name)
  }
  const weight = (name, shape) =>
    add(name, normal(fold(root, name), shape, { standardDeviation: 0.02 }))
  weight('wte', [vocabulary, width])
  weight('wpe', [time, width])
  for (let i = 0; i < nLayers; i++) {
    for (const [part, shape] of [
      ['qkv', [width, 3 * width]],
      ['proj', [width, width]],
      ['fc', [width, 4 * width]],
      ['out', [4 * width, width]],
    ]) {
      weight(`${i}.${part}.w`, shape)
      add(`${i}.${part}.b`, tf.zeros([shape[1]]))
    }
    for (const part of ['ln1', 'ln2']) {
      add(`${i}.${part}.g`, tf.ones([width]))
      add(`${i}.${part}.b`, tf.zeros([width]))
    }
  }
  add('ln.g', tf.ones([width]))
  add('ln.b', tf.zeros([width]))
  return result
}

function rows(shift) {
  return Int32Array.from(
    { length: batch * time },
    (_, i) => ids[Math.floor(i / time) * (time + 1) + (i % time) + shift],
  )
}

function sort(values) {
  return values.slice(Math.min(3, values.length - 1)).sort((a, b) => a - b)
}

// Processor time of all threads: what a loaded machine changes least.
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}
