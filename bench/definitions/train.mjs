// Whole training steps of a GPT-2: random batch, forward, backward, clip to 1, AdamW. Two threads each.
// bfloat16: products round their operands to bfloat16 (PyTorch: autocast); weights, sums and updates stay float32.
import { preparePython } from '../../tools/run/python.mjs'
import { prepareTensorflow } from '../../tools/run/tensorflow.mjs'
import { emulatesBfloat16, machine } from '../machine.mjs'

const file = (path) => new URL(path, import.meta.url).pathname
const step = { metric: 'step', unit: 'ms', better: 'lower', threads: 2 }

const shapes = [
  {
    case: 'A: 4 layers, 128, T 64, B 12, V 65',
    nLayers: 4,
    width: 128,
    nHeads: 4,
    sequenceLength: 64,
    batchSize: 12,
    vocabularySize: 65,
    steps: 40,
    // V8 goes on compiling for some 400 steps; a training has thousands.
    warmupSteps: 500,
  },
  {
    case: 'B: 6 layers, 384, T 256, B 4, V 65',
    nLayers: 6,
    width: 384,
    nHeads: 6,
    sequenceLength: 256,
    batchSize: 4,
    vocabularySize: 65,
    steps: 3,
    warmupSteps: 30,
  },
  {
    case: 'C: GPT-2 124M, T 256, B 1, V 50257',
    nLayers: 12,
    width: 768,
    nHeads: 12,
    sequenceLength: 256,
    batchSize: 1,
    vocabularySize: 50_257,
    steps: 1,
    warmupSteps: 1,
  },
]

const [a, b, c] = shapes
/** Where a step takes a second or ten. */
const oneStep = { steps: 1, warmupSteps: 1 }
const slowRounds = 3
/** Where the CPU imitates bfloat16, PyTorch takes 30 times as long. */
const imitated = emulatesBfloat16(machine())

export default {
  rounds: 11,
  async prepare() {
    const python = await preparePython()
    return { env: { ...python, ...(await prepareTensorflow(python)) } }
  },
  cases: [
    ...shapes.map((shape) => ({ ...shape, ...step, dtype: 'float32' })),
    ...shapes.map((shape) => ({
      ...shape,
      ...step,
      dtype: 'bfloat16',
      ...(imitated && { rounds: 2 }),
    })),
  ],
  systems: [
    ours('ours', 'native', () => true),
    ours('tfjs-node', 'tensorflow', (one) => canBuildTensorflow && isOneOf(one, [a, b])),
    ours('tfjs-wasm', 'wasm', (one) => isOneOf(one, [a])),
    ours('tfjs-cpu', 'cpu', (one) => isOneOf(one, [a])),
    pytorch('pytorch', false),
    pytorch('pytorch-compile', true),
  ],
}

const canBuildTensorflow = process.platform === 'linux' && process.arch === 'x64'

/** Only `ours` and PyTorch round to bfloat16. */
function isOneOf(one, some) {
  return one.dtype === 'float32' && some.some((shape) => shape.case === one.case)
}

/** Our packages on one backend; on TensorFlow.js's own they run the same model from TensorFlow.js's ops. */
function ours(system, backend, runs) {
  const slow = backend === 'wasm' || backend === 'cpu'
  return {
    system,
    runs,
    ...(backend === 'native' ? {} : { rounds: () => slowRounds }),
    command: (one, { env }) => ({
      file: process.execPath,
      args: [
        file('../systems/train-ours.mjs'),
        JSON.stringify({ ...one, ...(slow && oneStep), backend }),
      ],
      env,
    }),
  }
}

const isImitated = ({ dtype }) => dtype === 'bfloat16' && imitated

function pytorch(system, compile) {
  return {
    system,
    runs: (one) => !isImitated(one) || one.case !== c.case,
    command: (one, { env }) => ({
      file: 'python',
      args: [
        file('../systems/train.py'),
        JSON.stringify({ ...one, ...(isImitated(one) && oneStep), compile }),
      ],
      env,
    }),
  }
}
