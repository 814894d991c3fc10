import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel } from '@llm/model'
import { tf } from '@llm/tensor'
import { loadTokenizer } from '@llm/tokenizer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { goodText } from '../src/corpus/good-text.js'
import { goodSources } from '../src/corpus/sources.js'
import type { Options } from '../src/options.js'
import { run } from '../src/run.js'
import type { Recipe } from '../src/steps/model-size.js'
import type { RunSummary } from '../src/summary.js'
import type { Terminal } from '../src/terminal.js'

const recipe: Recipe = {
  model: { contextLength: 16, width: 8, nLayers: 1, nHeads: 1 },
  batchSize: 2,
  peak: 1e-2,
  sampleTokens: 8,
}

let root: string
let options: Options
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'run-'))
  await mkdir(join(root, 'texts'))
  const alice = goodSources.filter(({ name }) => name === 'carroll-alice')
  let chapters = ''
  for await (const { id, text } of goodText(alice)) {
    if (Number(id.slice(-4)) > 12) break
    chapters += `<p>${text.replaceAll('\n\n', '</p><p>')}</p>`
    await writeFile(join(root, 'texts', `${id.slice(-4)}.txt`), text)
  }
  await writeFile(join(root, 'texts', 'copy.txt'), await readFile(join(root, 'texts', '0003.txt')))
  await writeFile(
    join(root, 'texts', 'all.html'),
    `<html><body><article>${chapters}</article></body></html>`,
  )
  options = {
    input: [join(root, 'texts', '*')],
    minutes: 0.02,
    seed: 3,
    out: join(root, 'out'),
    quiet: true,
    vocabularySize: 300,
    backend: 'cpu',
    language: 'en',
  }
})
afterAll(() => rm(root, { recursive: true }))

it('makes a model, a report and the record of what it did', async () => {
  const { summary, lines } = await finish({ ...options, out: join(root, 'first') })
  expect(lines).toEqual([
    'clean text',
    'tokenizer',
    'token files',
    'baselines',
    'training',
    'validation loss',
    'samples',
  ])
  const files = await readdir(join(root, 'first'), { recursive: true })
  for (const name of ['report.html', 'summary.json', 'log.jsonl', 'corpus.jsonl'])
    expect(files).toContain(name)
  expect((await readdir(join(root, 'first', 'model'))).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ])
  expect(files.filter((name) => name.endsWith('tmp'))).toEqual([])

  expect(JSON.parse(await readFile(join(root, 'first', 'summary.json'), 'utf8'))).toEqual(summary)
  expect(summary.result.baselines.map(({ name }) => name)).toContain('gzip -9')
  expect(summary.result.bitsPerByte).toBeGreaterThan(1)
  expect(summary.result.bitsPerByte).toBeLessThan(8)
  expect(summary.training.curve.map(({ step }) => step)).toEqual(upTo(summary.training.steps))
  const entries = await jsonLines(join(root, 'first', 'corpus.jsonl'))
  expect(entries.find(({ source }) => String(source).endsWith('copy.txt'))?.outcome).toBe(
    'exact duplicates',
  )
  const outcomes = entries.map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'training')).toHaveLength(
    summary.split.training.documents,
  )
  expect(outcomes.filter((outcome) => outcome === 'validation')).toHaveLength(
    summary.split.validation.documents,
  )

  const tokenizer = await loadTokenizer(join(root, 'first', 'model'))
  expect(tokenizer.hash).toBe(summary.tokenizer.hash)
  const { model, params } = await loadModel(join(root, 'first', 'model'))
  expect(model.config.vocabularySize).toBe(tokenizer.vocabularySize)
  tf.dispose(params)
})

it('gives the same corpus, vocabulary and tokens for the same seed, and others for another', async () => {
  const identity = ({ corpus, tokenizer, split }: RunSummary) =>
    [corpus.hash, tokenizer.hash, split.training.tokens, split.validation.tokens] as const
  const first = await finish({ ...options, out: join(root, 'second') })
  const again = await finish({ ...options, out: join(root, 'second') })
  const other = await finish({ ...options, out: join(root, 'second'), seed: 4 })
  expect(identity(again.summary)).toEqual(identity(first.summary))
  expect(identity(other.summary)[0]).toBe(identity(first.summary)[0])
  expect(identity(other.summary)[1]).not.toBe(identity(first.summary)[1])
})

it('goes on where it was stopped', async () => {
  const out = join(root, 'third')
  const stop = new AbortController()
  const terminal = recorder((text) => {
    if (text.startsWith('step 4')) stop.abort()
  })
  const stopped = await run({ ...options, out, minutes: 0.1 }, terminal, stop.signal, recipe)
  expect(stopped.status).toBe('stopped')
  expect(await readdir(join(out, 'work', 'checkpoints'))).toEqual(['step-00000004'])
  expect((await jsonLines(join(out, 'log.jsonl'))).at(-1)).toMatchObject({ event: 'step', step: 4 })

  const { summary, before } = await finish({ ...options, out, minutes: 0.1 })
  expect(before).toEqual(['clean text', 'tokenizer', 'token files', 'baselines'])
  expect(summary.training.steps).toBeGreaterThan(4)
  expect(summary.training.curve.map(({ step }) => step)).toEqual(upTo(summary.training.steps))
})

it('stops in the middle of cleaning too, and starts that again', async () => {
  const out = join(root, 'fourth')
  const stop = new AbortController()
  const stopped = await run(
    { ...options, out },
    recorder((text) => text.includes('read') && stop.abort()),
    stop.signal,
    recipe,
  )
  expect(stopped.status).toBe('stopped')
  expect((await finish({ ...options, out })).before).toEqual([])
})

it('says what is wrong with too little text', async () => {
  await writeFile(join(root, 'short.txt'), 'Hello.')
  const request = { ...options, out: join(root, 'fifth'), input: [join(root, 'short.txt')] }
  await expect(finish(request)).rejects.toThrow(
    'expected two documents or more after cleaning, got 0',
  )
})

/** Runs to the end: the summary, the stages that ran, and those that had been done before. */
async function finish(
  request: Options,
): Promise<{ summary: RunSummary; lines: string[]; before: string[] }> {
  const terminal = recorder(() => undefined)
  const end = await run(request, terminal, new AbortController().signal, recipe)
  if (end.status !== 'finished') throw new Error('the run was stopped')
  return { summary: end.summary, lines: terminal.lines, before: terminal.before }
}

function recorder(
  onProgress: (text: string) => unknown,
): Terminal & { lines: string[]; before: string[] } {
  const lines: string[] = []
  const before: string[] = []
  return {
    lines,
    before,
    print: () => undefined,
    progress: onProgress,
    async stage(name, work) {
      lines.push(name)
      const { value, seconds } = await work()
      if (seconds !== undefined) before.push(name)
      return { value, seconds: seconds ?? 0 }
    },
  }
}

async function jsonLines(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}
