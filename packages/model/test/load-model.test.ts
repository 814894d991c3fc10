import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { key, type Parameters, tf } from '@llm/tensor'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gpt2, loadModel, saveModel, type WritableTensor, writeSafetensors } from '../src/index.js'

const model = gpt2({
  vocabularySize: 11,
  contextLength: 6,
  width: 8,
  nLayers: 1,
  nHeads: 2,
  dropout: 0.25,
})
const params = model.init(key(9))

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-model-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('a saved model comes back: config, and weights to the bit', async () => {
  const before = tf.memory().numTensors
  const folder = join(directory, 'deep', 'er')
  await saveModel(folder, model, params)
  const loaded = await loadModel(folder)
  expect(loaded.model.config).toEqual({ ...model.config, epsilon: 1e-5 })
  expectEqual(loaded.params)
  tf.dispose(loaded.params)
  expect(tf.memory().numTensors).toBe(before)
})

test('names without the prefix, causal masks and a head equal to the embedding are fine', async () => {
  await saveModel(directory, model, params)
  const mask: WritableTensor = { dtype: 'float32', shape: [1, 1, 6, 6], data: new Float32Array(36) }
  await write({
    ...params,
    'h.0.attn.bias': mask,
    'h.0.attn.masked_bias': { dtype: 'float32', shape: [], data: Float32Array.of(-1e4) },
    'lm_head.weight': params['wte.weight']!,
  })
  const loaded = await loadModel(directory)
  expectEqual(loaded.params)
  tf.dispose(loaded.params)
})

test.each<[string, (all: Parameters) => Record<string, WritableTensor>, string]>([
  ['a missing weight', ({ 'ln_f.bias': _, ...rest }) => rest, 'expected ln_f.bias of shape [8]'],
  [
    'another shape',
    (all) => ({ ...all, 'ln_f.bias': all['h.0.mlp.c_fc.bias']! }),
    'got shape [32]',
  ],
  [
    'a layer too many',
    (all) => ({ ...all, 'h.1.ln_1.weight': all['ln_f.bias']! }),
    'got "h.1.ln_1.weight" too',
  ],
  [
    'a head of its own',
    (all) => ({
      ...all,
      'lm_head.weight': { dtype: 'float32', shape: [11, 8], data: new Float32Array(88) },
    }),
    'tied to the token embedding',
  ],
])('refuses weights with %s, and keeps nothing of them', async (_, change, message) => {
  await saveModel(directory, model, params)
  await write(change(params))
  const before = tf.memory().numTensors
  await expect(loadModel(directory)).rejects.toThrow(message)
  expect(tf.memory().numTensors).toBe(before)
})

test.each<[Record<string, unknown>, string]>([
  [{ model_type: 'llama' }, 'model_type'],
  [{ activation_function: 'relu' }, 'activation_function'],
  [{ n_inner: 16 }, 'n_inner'],
  [{ scale_attn_by_inverse_layer_idx: true }, 'scale_attn_by_inverse_layer_idx'],
  [{ scale_attn_weights: false }, 'scale_attn_weights'],
  [{ tie_word_embeddings: false }, 'tie_word_embeddings'],
  [{ n_embd: '8' }, 'n_embd in config.json to be a number'],
  [{ n_layer: -1 }, 'nLayers'],
  [{ n_layer: 1e9 }, 'nLayers'],
  [{ n_embd: 1e15 }, 'expected'],
  [{ vocab_size: 12 }, 'expected transformer.wte.weight of shape [12,8]'],
])('refuses the config %j', async (change, message) => {
  await saveModel(directory, model, params)
  const path = join(directory, 'config.json')
  const config: unknown = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(Object.assign({}, config, change)))
  await expect(loadModel(directory)).rejects.toThrow(message)
})

test('refuses a config that is no JSON, no record, or no file', async () => {
  await expect(loadModel(directory)).rejects.toThrow('ENOENT')
  await saveModel(directory, model, params)
  const path = join(directory, 'config.json')
  await writeFile(path, '{"model_type": ')
  await expect(loadModel(directory)).rejects.toThrow('does not parse')
  await writeFile(path, 'null')
  await expect(loadModel(directory)).rejects.toThrow('expected a record')
  await rm(path)
  await mkdir(path)
  await expect(loadModel(directory)).rejects.toThrow()
})

test('saveModel refuses parameters of another config', async () => {
  const deeper = gpt2({ ...model.config, nLayers: 2 })
  await expect(saveModel(directory, deeper, params)).rejects.toThrow('none named h.1.ln_1.weight')
})

async function write(tensors: Record<string, WritableTensor>): Promise<void> {
  await writeSafetensors(join(directory, 'model.safetensors'), tensors, {
    metadata: { format: 'pt' },
  })
}

function expectEqual(loaded: Parameters): void {
  expect(Object.keys(loaded)).toEqual(Object.keys(params))
  for (const [name, variable] of Object.entries(loaded)) {
    expect(variable.dataSync(), name).toEqual(params[name]!.dataSync())
  }
}
