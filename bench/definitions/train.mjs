// Whole training steps of a GPT-2: random batch, forward, backward, clip to 1, AdamW. Two threads each. Float32: bfloat16 joins when
// the kernels have it.
import { preparePython } from '../../tools/run/python.mjs'

const file = (path) => new URL(path, import.meta.url).pathname
const step = { metric: 'step', unit: 'ms', better: 'lower', dtype: 'float32' }

const shapes = [
  {
    case: 'A: 4 layers, 128, T 64, B 12, V 65',
    nLayers: 4,
    width: 128,
    nHeads: 4,
    sequenceLength: 64,
    batchSize: 12,
    vocabularySize: 65,
    steps: 10,
    slow: true,
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
  },
]

export default {
  rounds: 5,
  async prepare() {
    return { env: await preparePython() }
  },
  cases: shapes.map((shape) => ({ ...shape, ...step })),
  systems: [
    ours('ours', 'native', () => true),
    ours('tfjs-wasm', 'wasm', (one) => one.slow),
    ours('tfjs-cpu', 'cpu', (one) => one.slow),
    pytorch('pytorch', false),
    pytorch('pytorch-compile', true),
  ],
}

/** Our packages on one backend; on TensorFlow.js's own they run the same model from TensorFlow.js's ops. */
function ours(system, backend, runs) {
  return {
    system,
    runs,
    command: (one) => ({
      file: process.execPath,
      args: [
        file('../systems/train-ours.mjs'),
        JSON.stringify({ ...one, steps: backend === 'native' ? one.steps : 1, backend }),
      ],
    }),
  }
}

function pytorch(system, compile) {
  return {
    system,
    runs: () => true,
    command: (one, { env }) => ({
      file: 'python',
      args: [file('../systems/train.py'), JSON.stringify({ ...one, compile, threads: 2 })],
      env,
    }),
  }
}
