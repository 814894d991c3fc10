import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Parameters } from '@llm/tensor'
import type { Gpt2Config } from './gpt2.js'
import type { Model } from './model.js'
import { writeSafetensors } from './safetensors/write.js'

/** Options of {@link saveModel}. */
export interface SaveModelOptions {
  /** The id that ends a text, for `bos_token_id` and `eos_token_id`. Default: none. */
  readonly endOfText?: number
}

/**
 * Writes a folder that `GPT2LMHeadModel.from_pretrained` of Hugging Face transformers reads, and so does {@link loadModel}:
 * `config.json`, `model.safetensors` (float32) and `generation_config.json`.
 *
 * The tokenizer is a file of its own, `tokenizer.json`, which `@llm/tokenizer` writes into the same folder. Each file is
 * written under a temporary name and renamed.
 */
export async function saveModel(
  directory: string,
  model: Model<Gpt2Config>,
  params: Parameters,
  { endOfText }: SaveModelOptions = {},
): Promise<void> {
  const names = Object.keys(model.parameterShapes())
  const missing = names.find((name) => params[name] === undefined)
  if (missing !== undefined) {
    throw new RangeError(
      `saveModel: expected the parameters of the model's config, got none named ${missing}`,
    )
  }
  await mkdir(directory, { recursive: true })
  await writeSafetensors(
    join(directory, 'model.safetensors'),
    Object.fromEntries(names.map((name) => [`transformer.${name}`, params[name]!])),
    { metadata: { format: 'pt' } },
  )
  const ends = { bos_token_id: endOfText ?? null, eos_token_id: endOfText ?? null }
  await writeJson(join(directory, 'config.json'), { ...huggingFaceConfig(model.config), ...ends })
  await writeJson(join(directory, 'generation_config.json'), ends)
}

function huggingFaceConfig(config: Gpt2Config): Record<string, unknown> {
  const {
    vocabularySize,
    contextLength,
    width,
    nLayers,
    nHeads,
    dropout = 0,
    epsilon = 1e-5,
  } = config
  return {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: vocabularySize,
    n_positions: contextLength,
    n_ctx: contextLength,
    n_embd: width,
    n_layer: nLayers,
    n_head: nHeads,
    n_inner: null,
    activation_function: 'gelu_new',
    layer_norm_epsilon: epsilon,
    initializer_range: 0.02,
    embd_pdrop: dropout,
    resid_pdrop: dropout,
    attn_pdrop: 0,
    scale_attn_weights: true,
    tie_word_embeddings: true,
    use_cache: true,
    dtype: 'float32',
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`)
  await rename(temporary, path)
}
