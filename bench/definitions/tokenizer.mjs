// Tokenizing and training a tokenizer, one thread each. All encoders read the same tokenizer.json and must give the same ids.

import { readFile } from 'node:fs/promises'
import { saveTokenizer, trainBpe } from '@llm/tokenizer'
import { preparePython } from '../../tools/run/python.mjs'
import { benchText } from '../text.mjs'

const oneThread = { RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' }
const vocabularySize = 32_768
const file = (path) => new URL(path, import.meta.url).pathname

const encode = { metric: 'throughput', unit: 'MB/s', better: 'higher', task: 'encode' }
const training = {
  metric: 'time',
  unit: 's',
  better: 'lower',
  task: 'train',
  text: 'mixed',
  warmup: 0,
}

export default {
  rounds: 3,
  async prepare() {
    const texts = await benchText()
    const env = await preparePython()
    const tokenizer = file('../.cache/tokenizer.json')
    const lines = (await readFile(texts.mixed.path, 'utf8')).split('\n')
    await saveTokenizer(
      await trainBpe(
        lines.map((line) => JSON.parse(line)),
        { vocabularySize },
      ),
      tokenizer,
    )
    return { texts, env, tokenizer }
  },
  cases: [
    { case: 'encode english', text: 'english', ...encode },
    { case: 'encode english, first pass', text: 'english', fresh: true, ...encode },
    { case: 'encode mixed', text: 'mixed', ...encode },
    { case: 'encode mixed, first pass', text: 'mixed', fresh: true, ...encode },
    { case: 'decode mixed', text: 'mixed', ...encode, task: 'decode' },
    { case: 'train 8192', vocabularySize: 8192, rounds: 3, ...training },
    { case: 'train 32768', vocabularySize, rounds: 3, ...training },
    {
      case: 'load 32768',
      metric: 'time',
      unit: 'ms',
      better: 'lower',
      task: 'load',
      text: 'english',
      fresh: true,
    },
  ],
  systems: [
    node('ours', '../systems/tokenizer-ours.mjs', ['encode', 'decode', 'train', 'load']),
    // It keeps no cache worth a first pass of its own, and takes minutes.
    node(
      '@huggingface/tokenizers',
      '../systems/tokenizer-hf-js.mjs',
      ['encode'],
      (one) => !one.fresh,
    ),
    python('tokenizers', ['encode', 'train', 'load']),
    python('tiktoken', ['encode']),
    python('gigatoken', ['encode']),
    python('rustbpe', ['train']),
  ],
}

function node(system, path, tasks, only = () => true) {
  return {
    system,
    runs: (one) => tasks.includes(one.task) && only(one),
    command: (one, prepared) => ({
      file: process.execPath,
      args: [file(path), JSON.stringify(job(system, one, prepared))],
    }),
  }
}

function python(system, tasks) {
  return {
    system,
    runs: (one) => tasks.includes(one.task),
    command: (one, prepared) => ({
      file: 'python',
      args: [file('../systems/tokenizer.py'), JSON.stringify(job(system, one, prepared))],
      env: { ...prepared.env, ...oneThread },
    }),
  }
}

function job(system, one, { texts, tokenizer }) {
  const { path: text, bytes } = texts[one.text]
  return { system, task: one.task, text, bytes, vocabularySize: one.vocabularySize, tokenizer }
}
