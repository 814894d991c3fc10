// What a run leaves in out/model, loaded by transformers (tools/parity-requirements.txt).
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generate, loadModel } from '@llm/model'
import { tf } from '@llm/tensor'
import { loadTokenizer } from '@llm/tokenizer'
import { expect, test } from 'vitest'
import { goodText } from '../../src/corpus/good-text.js'
import { goodSources } from '../../src/corpus/sources.js'
import { run } from '../../src/run.js'

const script = new URL('./load-model.py', import.meta.url).pathname

/** What load-model.py prints. */
interface Theirs {
  problems: object
  class: string
  ids: number[][]
  decoded: string[]
  end: number
  logits: number[]
  generated: number[]
}

const silent = {
  print: () => undefined,
  progress: () => undefined,
  async stage<T>(_: string, work: () => Promise<{ value: T }>) {
    return { value: (await work()).value, seconds: 0 }
  },
}

test('transformers loads the model of a run: the same ids, logits within 1e-4', async () => {
  const root = await mkdtemp(join(tmpdir(), 'parity-'))
  try {
    const alice = goodSources.filter(({ name }) => name === 'carroll-alice')
    for await (const { id, text } of goodText(alice))
      await writeFile(join(root, `${id.slice(-4)}.txt`), text)
    const options = {
      input: [join(root, '*.txt')],
      minutes: 0.2,
      seed: 1,
      out: join(root, 'out'),
      quiet: true,
      vocabularySize: 500,
      backend: 'auto',
      language: 'en',
    } as const
    const recipe = {
      model: { contextLength: 32, width: 32, nLayers: 2, nHeads: 4 },
      batchSize: 4,
      peak: 1e-2,
      sampleTokens: 4,
    }
    const end = await run(options, silent, new AbortController().signal, recipe)
    expect(end.status).toBe('finished')

    const folder = join(root, 'out', 'model')
    const texts = [
      'Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do',
      ' two  spaces\n\n\ttabs, café, 鯨 🐋 and <|endoftext|',
      '',
    ]
    const { stdout } = await promisify(execFile)(
      process.env.LLM_PYTHON ?? 'python',
      [script, folder, JSON.stringify(texts)],
      { maxBuffer: 100e6 },
    )
    const theirs: Theirs = JSON.parse(stdout)
    expect(theirs.problems).toEqual({})
    expect(theirs.class).toBe('GPT2LMHeadModel')

    const tokenizer = await loadTokenizer(folder)
    expect(theirs.ids).toEqual(texts.map((text) => [...tokenizer.encode(text)]))
    expect(theirs.decoded).toEqual(texts)
    expect(theirs.end).toBe(tokenizer.specialTokens.get('<|endoftext|>'))

    const { model, params } = await loadModel(folder)
    const prompt = [...tokenizer.encode(texts[0]!)].slice(0, model.config.contextLength)
    const ours = model.forward(params, tf.tensor2d(prompt, [1, prompt.length], 'int32')).dataSync()
    expect(ours.length).toBe(theirs.logits.length)
    const differences = theirs.logits.map((logit, i) => Math.abs(logit - ours[i]!))
    expect(Math.max(...differences)).toBeLessThan(1e-4)
    // The comparison means something: a trained model tells tokens apart.
    expect(Math.max(...theirs.logits) - Math.min(...theirs.logits)).toBeGreaterThan(1)

    const generated: number[] = []
    const greedy = { maxTokens: 8, temperature: 0 }
    for await (const id of generate(model, params, prompt.slice(0, 8), greedy)) generated.push(id)
    expect(generated).toEqual(theirs.generated)
  } finally {
    await rm(root, { recursive: true })
  }
})
