import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Parameters, tf } from '@llm/tensor'
import { type Gpt2Config, gpt2 } from './gpt2.js'
import type { Model } from './model.js'
import { openSafetensors, type SafetensorsFile } from './safetensors/read.js'

/** What {@link loadModel} found. */
export interface LoadedModel {
  readonly model: Model<Gpt2Config>
  /** The caller's to dispose of. */
  readonly params: Parameters
}

/**
 * Loads a GPT-2 from a folder in the layout of Hugging Face transformers: `config.json` and `model.safetensors`.
 *
 * Tensor names may have the `transformer.` prefix or not; the causal masks that older files hold (`h.0.attn.bias`) are passed over;
 * float16 and bfloat16 weights become float32. Weights in several files (`model.safetensors.index.json`) are not read.
 *
 * @throws RangeError when the folder holds another kind of model, or the weights do not fit the config.
 */
export async function loadModel(directory: string): Promise<LoadedModel> {
  const config = parseConfig(await readJson(join(directory, 'config.json')))
  const model = gpt2(config)
  const path = join(directory, 'model.safetensors')
  const file = await openSafetensors(path)
  const params: Parameters = {}
  try {
    const names = fileNames(path, file, model.parameterShapes())
    await checkHead(path, file, names)
    for (const [name, nameInFile] of names) {
      const { data, shape } = await file.read(nameInFile)
      params[name] = tf.tidy(() => tf.variable(tf.tensor(data, [...shape], 'float32')))
    }
    return { model, params }
  } catch (error) {
    for (const variable of Object.values(params)) variable.dispose()
    throw error
  } finally {
    await file.close()
  }
}

/** Finds each parameter in the file and refuses what is left over, before anything is read. */
function fileNames(
  path: string,
  { entries }: SafetensorsFile,
  shapes: Readonly<Record<string, readonly number[]>>,
): Map<string, string> {
  const prefix = entries.has('transformer.wte.weight') ? 'transformer.' : ''
  const names = new Map<string, string>()
  for (const [name, shape] of Object.entries(shapes)) {
    const found = entries.get(prefix + name)
    if (found?.shape.join() !== shape.join()) {
      throw new RangeError(
        `loadModel: expected ${prefix}${name} of shape [${shape}] in ${path}, got ${found === undefined ? 'none' : `shape [${found.shape}]`}; config.json belongs to other weights`,
      )
    }
    names.set(name, prefix + name)
  }
  const known = new Set(names.values())
  for (const name of entries.keys()) {
    if (known.has(name) || name === 'lm_head.weight' || /\.attn\.(bias|masked_bias)$/.test(name))
      continue
    throw new RangeError(
      `loadModel: expected only the weights of a GPT-2 in ${path}, got ${JSON.stringify(name.slice(0, 80))} too; leaving it out would change the model`,
    )
  }
  return names
}

/** A head of its own would be lost silently: ours is the token embedding. */
async function checkHead(
  path: string,
  file: SafetensorsFile,
  names: ReadonlyMap<string, string>,
): Promise<void> {
  if (!file.entries.has('lm_head.weight')) return
  const head = await file.read('lm_head.weight')
  const table = await file.read(names.get('wte.weight')!)
  if (head.data.length !== table.data.length || head.data.some((x, i) => x !== table.data[i])) {
    throw new RangeError(
      `loadModel: expected an output head tied to the token embedding, got another one in ${path}`,
    )
  }
}

const configBytes = 1_000_000

async function readJson(path: string): Promise<Record<string, unknown>> {
  const { size } = await stat(path)
  if (size > configBytes) {
    throw new RangeError(
      `loadModel: expected ${path} to be under ${configBytes} bytes, got ${size}`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new RangeError(`loadModel: expected JSON in ${path}, got something that does not parse`, {
      cause,
    })
  }
  if (typeof value !== 'object' || value === null) {
    throw new RangeError(`loadModel: expected a record in ${path}, got ${typeof value}`)
  }
  return { ...value }
}

/** Reads what we have and refuses every setting under which transformers would compute something else. */
function parseConfig(json: Record<string, unknown>): Gpt2Config {
  const width = number(json, 'n_embd', 768)
  const config = {
    vocabularySize: number(json, 'vocab_size', 50257),
    contextLength: number(json, 'n_positions', 1024),
    width,
    nLayers: number(json, 'n_layer', 12),
    nHeads: number(json, 'n_head', 12),
    dropout: number(json, 'resid_pdrop', 0.1),
    epsilon: number(json, 'layer_norm_epsilon', 1e-5),
  }
  const only: [name: string, absent: unknown, allowed: readonly unknown[]][] = [
    ['model_type', undefined, ['gpt2']],
    ['activation_function', 'gelu_new', ['gelu_new', 'gelu_pytorch_tanh']],
    ['n_inner', null, [null, 4 * width]],
    ['scale_attn_weights', true, [true]],
    ['scale_attn_by_inverse_layer_idx', false, [false]],
    ['tie_word_embeddings', true, [true]],
    ['add_cross_attention', false, [false]],
  ]
  for (const [name, absent, allowed] of only) {
    const value = name in json ? json[name] : absent
    if (!allowed.includes(value)) {
      throw new RangeError(
        `loadModel: expected ${name} in config.json to be ${allowed.map((a) => JSON.stringify(a)).join(' or ')}, got ${JSON.stringify(value)?.slice(0, 80)}`,
      )
    }
  }
  return config
}

/** A number of config.json, or transformers' default where it is absent. */
function number(json: Record<string, unknown>, name: string, absent: number): number {
  const value = name in json ? json[name] : absent
  if (typeof value !== 'number') {
    throw new RangeError(
      `loadModel: expected ${name} in config.json to be a number, got ${JSON.stringify(value)?.slice(0, 80)}`,
    )
  }
  return value
}
