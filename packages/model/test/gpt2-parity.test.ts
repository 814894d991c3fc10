// Against transformers 5.23.0 on PyTorch 2.15.0: fixtures/make-gpt2-tiny.py.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crossEntropy, tf } from '@llm/tensor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostTensor, loadModel, readSafetensors, saveModel } from '../src/index.js'

const folder = new URL('./fixtures/gpt2-tiny', import.meta.url).pathname
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gpt2-parity-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function expected(): Promise<(name: string) => HostTensor> {
  const { tensors } = await readSafetensors(join(folder, 'expected.safetensors'))
  return (name) => tensors.get(name) ?? expect.fail(`no ${name} in the fixture`)
}

test('logits, loss and gradients equal those of transformers', async () => {
  const { model, params } = await loadModel(folder)
  const wanted = await expected()
  const tokens = tf.tensor2d(wanted('tokens').data, [3, 24], 'int32')
  const targets = tf.tensor2d(wanted('targets').data, [3, 24], 'int32')

  const logits = model.forward(params, tokens)
  expect(logits.shape).toEqual(wanted('logits').shape)
  expect(largestDifference(logits.dataSync(), wanted('logits').data)).toBeLessThan(2e-5)

  const { value, grads } = tf.variableGrads(
    () => crossEntropy(model.forward(params, tokens), targets).asScalar(),
    Object.values(params),
  )
  expect(value.dataSync()[0]).toBeCloseTo(wanted('loss').data[0]!, 5)
  const compared = Object.entries(params).filter(([name]) => gradients.has(name))
  expect(compared).toHaveLength(gradients.size)
  for (const [name, variable] of compared) {
    const difference = largestDifference(
      grads[variable.name]!.dataSync(),
      wanted(`gradient.${name}`).data,
    )
    expect(difference, name).toBeLessThan(1e-6)
  }
})

const gradients = new Set([
  'wte.weight',
  'wpe.weight',
  'h.0.ln_1.weight',
  'h.0.attn.c_attn.weight',
  'h.0.attn.c_attn.bias',
  'h.1.attn.c_proj.weight',
  'h.1.ln_2.bias',
  'h.1.mlp.c_fc.bias',
  'h.1.mlp.c_proj.weight',
  'ln_f.weight',
])

test('what saveModel writes has the tensors and the settings that transformers wrote', async () => {
  const { model, params } = await loadModel(folder)
  await saveModel(directory, model, params, { endOfText: 96 })
  const ours = await readSafetensors(join(directory, 'model.safetensors'))
  const theirs = await readSafetensors(join(folder, 'model.safetensors'))
  expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort())
  for (const [name, tensor] of theirs.tensors) expect(ours.tensors.get(name), name).toEqual(tensor)
  expect(ours.metadata).toEqual(theirs.metadata)

  const json = async (path: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))
  const [ourConfig, theirConfig] = [await json(directory), await json(folder)]
  const { n_ctx: _, ...shared } = ourConfig // transformers 5 no longer writes it; older readers want it
  expect(theirConfig).toMatchObject(shared)
})

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0)
}
