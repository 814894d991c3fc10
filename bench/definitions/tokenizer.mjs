// Tokenizing and training a tokenizer, one thread each. All encoders have the same vocabulary, trained here or published, and must
// give the same ids.

import { readFile } from 'node:fs/promises'
import { saveTokenizer, trainBpe } from '@llm/tokenizer'
import { preparePython } from '../../tools/run/python.mjs'
import { benchText } from '../text.mjs'
import {
  publishedCases,
  publishedVocabularies,
  worstCases,
  worstTexts,
} from '../tokenizer-cases.mjs'

const oneThread = {
  RAYON_NUM_THREADS: '1',
  TOKENIZERS_PARALLELISM: 'false',
  TIKTOKEN_CACHE_DIR: '',
}
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
    const texts = { ...(await benchText()), ...(await worstTexts()) }
    const published = await publishedVocabularies()
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
    return { texts, env, tokenizer, published }
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
    ...publishedCases,
    ...worstCases,
  ],
  systems: [
    node('ours', '../systems/tokenizer-ours.mjs', ['encode', 'decode', 'train', 'load', 'once']),
    peer('gpt-tokenizer', (one) => !quadratic(one)),
    peer('npm:tiktoken', (one) => !quadratic(one)),
    // These take minutes, and keep no cache worth a first pass of its own.
    peer('js-tiktoken', (one) => !quadratic(one) && !slow(one)),
    peer('ai-tokenizer', (one) => one.vocabulary !== 'r50k' && !quadratic(one) && !slow(one)),
    peer('@huggingface/tokenizers', (one) => !slow(one), true),
    python('tokenizers', ['encode', 'train', 'load', 'once']),
    python('tiktoken', ['encode', 'load', 'once'], (one) => one.task !== 'load' || published(one)),
    // It knows the patterns of tokenizer.json files by heart, and not tiktoken's cl100k.
    python(
      'gigatoken',
      ['encode', 'load', 'once'],
      (one) => one.vocabulary !== 'cl100k' && (one.task !== 'load' || published(one)),
    ),
    python('rustbpe', ['train']),
  ],
}

function published(one) {
  return one.vocabulary !== undefined
}

/** Quadratic in the length of a piece: 100,000 letters take seconds, a million minutes. */
function quadratic(one) {
  return one.task === 'once' && !one.short
}

function slow(one) {
  return one.task === 'encode' && published(one) && (one.fresh || one.text !== 'english')
}

/** A package of npm with a vocabulary of its own; one that reads tokenizer.json takes the trained one too. */
function peer(system, only, trained = false) {
  return node(
    system,
    '../systems/tokenizer-npm.mjs',
    ['encode', 'load', 'once'],
    (one) => (published(one) || (trained && one.task === 'encode' && !one.fresh)) && only(one),
  )
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

function python(system, tasks, only = () => true) {
  return {
    system,
    runs: (one) => tasks.includes(one.task) && only(one),
    command: (one, prepared) => ({
      file: 'python',
      args: [file('../systems/tokenizer.py'), JSON.stringify(job(system, one, prepared))],
      env: { ...prepared.env, ...oneThread },
    }),
  }
}

function job(system, one, prepared) {
  const { task, vocabulary, vocabularySize } = one
  const { path: text, bytes } = prepared.texts[one.text]
  const files = published(one)
    ? {
        tokenizer: prepared.published[vocabulary].json,
        ranks: prepared.published[vocabulary].ranks,
      }
    : { tokenizer: prepared.tokenizer }
  return { system, task, text, bytes, vocabulary, vocabularySize, ...files }
}
