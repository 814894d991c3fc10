// Tokenizing and training a tokenizer, one thread each. All encoders have the same vocabulary, trained here or published, and must
// give the same ids. The whole takes about eight minutes: slow systems run in fewer rounds and cases, as said below.

import { readFile } from 'node:fs/promises'
import { saveTokenizer, trainBpe } from '@llm/tokenizer'
import { preparePython } from '../../tools/run/python.mjs'
import { benchText } from '../text.mjs'
import {
  bundleCases,
  encodeCases,
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
    ...encodeCases(),
    { case: 'decode mixed', text: 'mixed', ...encode, task: 'decode' },
    { case: 'train 8192', vocabularySize: 8192, ...training, rounds: 1 },
    { case: 'train 32768', vocabularySize, ...training },
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
    ...bundleCases,
    ...worstCases,
  ],
  systems: [
    node('ours', ['encode', 'decode', 'train', 'load', 'once']),
    // The fastest of npm: gpt-tokenizer on English, tiktoken's WebAssembly, which keeps no cache, on mixed text.
    npm('gpt-tokenizer', (one) => one.text !== 'mixed' || one.vocabulary !== 'r50k', mixedOnce),
    npm('npm:tiktoken', (one) => one.task !== 'encode' || one.vocabulary !== 'r50k', encodeOnce),
    // These take minutes on the other cases.
    npm('js-tiktoken', oneCase, onlyOnce),
    npm('ai-tokenizer', oneCase),
    npm('@huggingface/tokenizers', oneCase, onlyOnce),
    python(
      'tokenizers',
      ['encode', 'train', 'load', 'once'],
      (one) => one.task !== 'encode' || (!published(one) && one.text === 'english'),
      encodeOnce,
    ),
    python('tiktoken', ['encode', 'load', 'once'], (one) => one.task !== 'load' || published(one)),
    // It knows the patterns of tokenizer.json files by heart, and not tiktoken's cl100k.
    python(
      'gigatoken',
      ['encode', 'load', 'once'],
      (one) => one.vocabulary !== 'cl100k' && (one.task !== 'load' || published(one)),
    ),
    python('rustbpe', ['train']),
    ...['ours', 'gpt-tokenizer', 'npm:tiktoken', 'js-tiktoken', 'ai-tokenizer'].map(bundle),
  ],
}

function published(one) {
  return one.vocabulary !== undefined
}

/** Encoding and loading of cl100k, English; and a short worst case. */
function oneCase(one) {
  return one.vocabulary === 'cl100k' && one.text !== 'mixed'
}

/** Rounds where one pass takes many seconds; else the same as for all. */
function encodeOnce(one) {
  return one.task === 'encode' ? 1 : undefined
}

function mixedOnce(one) {
  return one.text === 'mixed' ? 1 : undefined
}

function onlyOnce(one) {
  return one.task === 'load' ? undefined : 1
}

/** A package of npm with a vocabulary of its own, or one that reads tokenizer.json. */
function npm(system, only, rounds) {
  return {
    system,
    runs: (one) =>
      ['encode', 'load', 'once'].includes(one.task) &&
      published(one) &&
      (one.task !== 'once' || one.short === true) &&
      only(one),
    rounds,
    command: (one, prepared) =>
      nodeCommand('../systems/tokenizer-npm.mjs', job(system, one, prepared)),
  }
}

function node(system, tasks) {
  return {
    system,
    runs: (one) => tasks.includes(one.task),
    command: (one, prepared) =>
      nodeCommand('../systems/tokenizer-ours.mjs', job(system, one, prepared)),
  }
}

/** How much a program carries that uses the package; the others are asked for cl100k only. */
function bundle(system) {
  return {
    system,
    runs: (one) => one.task === 'bundle' && (system === 'ours' || one.vocabulary === 'cl100k'),
    command: ({ vocabulary }) =>
      nodeCommand('../systems/tokenizer-bundle.mjs', { system, vocabulary }),
  }
}

function nodeCommand(path, job) {
  return { file: process.execPath, args: [file(path), JSON.stringify(job)] }
}

function python(system, tasks, only = () => true, rounds = undefined) {
  return {
    system,
    runs: (one) => tasks.includes(one.task) && only(one),
    rounds,
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
