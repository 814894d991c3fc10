// A folder that saveModel writes, read by transformers (tools/parity-requirements.txt).
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fold, key, normal, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import { type Gpt2Config, generate, gpt2, saveModel } from '../../src/index.js'

const script = new URL('./transformers-gpt2.py', import.meta.url).pathname

test.each<[string, Gpt2Config]>([
  ['characters', { vocabularySize: 65, contextLength: 64, width: 48, nLayers: 3, nHeads: 4 }],
  [
    'another epsilon, one head',
    { vocabularySize: 300, contextLength: 40, width: 32, nLayers: 2, nHeads: 1, epsilon: 1e-3 },
  ],
])('transformers loads our folder and computes our logits: %s', async (_, config) => {
  const model = gpt2(config)
  const params = model.init(key(1))
  for (const [name, variable] of Object.entries(params)) {
    // Away from 0 and 1, so that every weight shows in the logits.
    const noise = normal(fold(key(2), name), variable.shape, { standardDeviation: 0.15 })
    variable.assign(tf.add(variable, noise))
  }
  const prompt = Array.from({ length: 20 }, (_, i) => (i * i) % config.vocabularySize)
  const directory = await mkdtemp(join(tmpdir(), 'transformers-'))
  try {
    await saveModel(directory, model, params)
    const { stdout } = await promisify(execFile)('python', [
      script,
      directory,
      JSON.stringify(prompt),
    ])
    const theirs: { problems: object; logits: number[]; greedy: number[] } = JSON.parse(stdout)
    expect(theirs.problems).toEqual({})

    const ours = model.forward(params, tf.tensor2d(prompt, [1, 20], 'int32')).dataSync()
    expect(ours.length).toBe(theirs.logits.length)
    const differences = theirs.logits.map((logit, i) => Math.abs(logit - ours[i]!))
    expect(Math.max(...differences)).toBeLessThan(1e-4)

    const greedy: number[] = []
    const options = { maxTokens: 10, temperature: 0 }
    for await (const id of generate(model, params, prompt, options)) greedy.push(id)
    expect(greedy).toEqual(theirs.greedy)
  } finally {
    await rm(directory, { recursive: true })
  }
})
