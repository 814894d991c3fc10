/**
 * GPT-2, the whole model in this file.
 *
 * References:
 * 1. Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.3
 * 2. OpenAI's release, https://github.com/openai/gpt-2/blob/master/src/model.py
 * 3. nanoGPT, https://github.com/karpathy/nanoGPT/blob/master/model.py
 *
 * In comments: B batch, T time (tokens of a sequence), C width, V vocabulary.
 */
import {
  attention,
  checkpoint,
  dropout,
  embedding,
  fold,
  type Key,
  KvCache,
  type LinearOptions,
  layerNorm,
  linear,
  linearCrossEntropy,
  normal,
  type Parameters,
  selfAttention,
  tf,
} from '@llm/tensor'
import type { ForwardOptions, LanguageModelConfig, LossOptions, Model } from './model.js'

/** The size of a GPT-2. */
export interface Gpt2Config extends LanguageModelConfig {
  /** Numbers per token between the layers; a multiple of `nHeads`. */
  readonly width: number
  readonly nLayers: number
  readonly nHeads: number
  /**
   * Part of the embeddings, of the attention weights and of what each attention and each MLP adds that training drops, in
   * [0, 1). Default 0.
   */
  readonly dropout?: number
  /** Added to the variance in layer norms. Default 1e-5. */
  readonly epsilon?: number
}

/**
 * GPT-2 of any size: learned positions, layer norms before attention and MLP, tanh GELU, output head tied to the token embedding.
 *
 * Parameters have Hugging Face's names without the `transformer.` prefix (`h.0.attn.c_attn.weight`); matrices are `[in, out]`.
 *
 * Weights start from N(0, 0.02), biases from 0 and gains from 1; the projections back into the residual stream from
 * N(0, 0.02 / sqrt(2 nLayers)), as there are two in each layer. Position embeddings take 0.02 too, as in nanoGPT, llm.c and
 * transformers, whose losses are the ones to compare with (OpenAI's release has 0.01 there).
 *
 * `forward` throws RangeError for tokens that are not int32 `[batch, time]` with time in 1 to `contextLength`, and for training with
 * dropout without a key. An id outside the vocabulary is an error too, where looking at it is free: on backends in host memory.
 *
 * @throws RangeError when the config does not describe a model.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { key, tf } = await import('@llm/tensor')
 * const { gpt2 } = await import('./gpt2.js')
 * const model = gpt2({ vocabularySize: 10, contextLength: 8, width: 4, nLayers: 1, nHeads: 2 })
 * const logits = model.forward(model.init(key(1)), tf.tensor2d([[3, 1, 4]], [1, 3], 'int32'))
 * expect(logits.shape).toEqual([1, 3, 10])
 * expect(model.parameterCount()).toBe(324)
 * ```
 */
export function gpt2(config: Gpt2Config): Model<Gpt2Config> {
  checkConfig(config)
  return {
    config,
    init: (key) => init(config, key),
    forward: (params, tokens, options = {}) => forward(config, params, tokens, options),
    loss: (params, tokens, targets, options = {}) => loss(config, params, tokens, targets, options),
    createCache: () => createCache(config),
    parameterShapes: () => parameterShapes(config),
    parameterCount: () => parameterCount(config),
  }
}

function forward(
  config: Gpt2Config,
  params: Parameters,
  tokens: tf.Tensor,
  { lastOnly = false, cache, ...options }: ForwardOptions,
): tf.Tensor {
  return tf.tidy(() => {
    let x = hidden(config, params, tokens, options, cache) // [B, T, C]
    const [B, T] = [x.shape[0]!, x.shape[1]!]
    if (lastOnly) x = tf.slice(x, [0, T - 1, 0], [B, 1, config.width]) // [B, 1, C]
    // The head is the token embedding: each logit is the product of the output with that token's row.
    return linear(x, parameter(params, 'wte.weight'), undefined, { transposed: true }) // [B, T, V]
  })
}

function loss(
  config: Gpt2Config,
  params: Parameters,
  tokens: tf.Tensor,
  targets: tf.Tensor,
  options: LossOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const x = hidden(config, params, tokens, options) // [B, T, C]
    return linearCrossEntropy(x, parameter(params, 'wte.weight'), targets)
  })
}

/** What the head reads: the output of the last norm, [B, T, C]. */
function hidden(
  config: Gpt2Config,
  params: Parameters,
  tokens: tf.Tensor,
  options: LossOptions,
  cache?: readonly KvCache[],
): tf.Tensor {
  checkTokens(tokens, config)
  const offset = cache === undefined ? 0 : cachedLength(cache, tokens, config)
  const dropping = findDropping(config, options)
  const wte = parameter(params, 'wte.weight') // [V, C]
  const positions = parameter(params, 'wpe.weight') // [contextLength, C]
  let x = drop(dropping, 'embedding', embedding(wte, tokens, { positions, offset })) // [B, T, C]
  for (let layer = 0; layer < config.nLayers; layer++) {
    const run = (x: tf.Tensor): tf.Tensor =>
      block(config, params, `h.${layer}`, x, dropping, cache?.[layer])
    x = options.checkpointing ? checkpoint(run, [x]) : run(x)
  }
  return norm(config, params, 'ln_f', x)
}

/** Both residual branches of a layer: x + attention(norm(x)), then x + mlp(norm(x)). */
function block(
  config: Gpt2Config,
  params: Parameters,
  name: string,
  x: tf.Tensor,
  dropping?: Dropping,
  cache?: KvCache,
): tf.Tensor {
  // One product makes queries, keys and values of all heads.
  const qkv = project(params, `${name}.attn.c_attn`, norm(config, params, `${name}.ln_1`, x)) // [B, T, 3 C]
  const attended = attend(config, `${name}.attn`, qkv, dropping, cache) // [B, T, C]
  const y = branch(params, `${name}.attn.c_proj`, attended, x, dropping) // [B, T, C]

  const normed = norm(config, params, `${name}.ln_2`, y)
  const wide = project(params, `${name}.mlp.c_fc`, normed, { activation: 'gelu-tanh' }) // [B, T, 4 C]
  return branch(params, `${name}.mlp.c_proj`, wide, y, dropping) // [B, T, C]
}

function attend(
  { nHeads }: Gpt2Config,
  name: string,
  qkv: tf.Tensor,
  dropping?: Dropping,
  cache?: KvCache,
): tf.Tensor {
  if (cache === undefined) {
    const onWeights =
      dropping === undefined
        ? {}
        : { dropout: dropping.rate, key: fold(dropping.key, `${name}.weights`) }
    return selfAttention(qkv, { nHeads, ...onWeights })
  }
  // The new positions see those in the cache and themselves.
  const [q, k, v] = tf.split(qkv, 3, 2) // each [B, T, C]
  cache.append(k!, v!)
  return attention(q!, cache.k, cache.v, { nHeads, length: cache.length })
}

/** x + drop(project(hidden)), the end of a residual branch. */
function branch(
  params: Parameters,
  name: string,
  hidden: tf.Tensor,
  x: tf.Tensor,
  dropping?: Dropping,
): tf.Tensor {
  // Without dropout the sum is part of the product.
  if (dropping === undefined) return project(params, name, hidden, { residual: x })
  return tf.add(x, drop(dropping, name, project(params, name, hidden)))
}

function project(
  params: Parameters,
  name: string,
  x: tf.Tensor,
  options: LinearOptions = {},
): tf.Tensor {
  return linear(x, parameter(params, `${name}.weight`), parameter(params, `${name}.bias`), options)
}

function norm(
  { epsilon = 1e-5 }: Gpt2Config,
  params: Parameters,
  name: string,
  x: tf.Tensor,
): tf.Tensor {
  const gain = parameter(params, `${name}.weight`)
  return layerNorm(x, gain, parameter(params, `${name}.bias`), { epsilon })
}

/** How training drops; each place has a key of its own, made from its name. */
interface Dropping {
  readonly rate: number
  readonly key: Key
}

function findDropping(
  { dropout: rate = 0 }: Gpt2Config,
  { training = false, key }: LossOptions,
): Dropping | undefined {
  if (!training || rate === 0) return undefined
  if (key === undefined) {
    throw new RangeError(
      'gpt2: expected a key for training with dropout, got none; give { training: true, key: key(seed) }',
    )
  }
  return { rate, key }
}

function drop(dropping: Dropping | undefined, name: string, x: tf.Tensor): tf.Tensor {
  return dropping === undefined ? x : dropout(x, dropping.rate, fold(dropping.key, name))
}

function parameter(params: Parameters, name: string): tf.Variable {
  const variable = params[name]
  if (variable === undefined) {
    throw new RangeError(`gpt2: expected the parameters of this config, got none named ${name}`)
  }
  return variable
}

function init(config: Gpt2Config, key: Key): Parameters {
  const residual = 0.02 / Math.sqrt(2 * config.nLayers)
  const params: Parameters = {}
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    params[name] = tf.tidy(() => {
      if (name.endsWith('.bias')) return tf.variable(tf.zeros([...shape]))
      if (shape.length === 1) return tf.variable(tf.ones([...shape]))
      const standardDeviation = name.endsWith('c_proj.weight') ? residual : 0.02
      return tf.variable(normal(fold(key, name), shape, { standardDeviation }))
    })
  }
  return params
}

function createCache({ nLayers, contextLength, width }: Gpt2Config): KvCache[] {
  const sizes = { batch: 1, capacity: contextLength, width }
  return Array.from({ length: nLayers }, () => new KvCache(sizes))
}

function parameterShapes(config: Gpt2Config): Record<string, readonly number[]> {
  const { vocabularySize: V, contextLength, width: C, nLayers } = config
  const shapes: Record<string, readonly number[]> = {
    'wte.weight': [V, C],
    'wpe.weight': [contextLength, C],
  }
  for (let layer = 0; layer < nLayers; layer++) {
    const name = `h.${layer}`
    shapes[`${name}.ln_1.weight`] = [C]
    shapes[`${name}.ln_1.bias`] = [C]
    shapes[`${name}.attn.c_attn.weight`] = [C, 3 * C]
    shapes[`${name}.attn.c_attn.bias`] = [3 * C]
    shapes[`${name}.attn.c_proj.weight`] = [C, C]
    shapes[`${name}.attn.c_proj.bias`] = [C]
    shapes[`${name}.ln_2.weight`] = [C]
    shapes[`${name}.ln_2.bias`] = [C]
    shapes[`${name}.mlp.c_fc.weight`] = [C, 4 * C]
    shapes[`${name}.mlp.c_fc.bias`] = [4 * C]
    shapes[`${name}.mlp.c_proj.weight`] = [4 * C, C]
    shapes[`${name}.mlp.c_proj.bias`] = [C]
  }
  shapes['ln_f.weight'] = [C]
  shapes['ln_f.bias'] = [C]
  return shapes
}

/** V C + T C for the embeddings, 12 C^2 + 13 C a layer (4 C^2 attention, 8 C^2 MLP, biases, two norms), 2 C for the last norm. */
function parameterCount({ vocabularySize, contextLength, width: C, nLayers }: Gpt2Config): number {
  return (vocabularySize + contextLength) * C + nLayers * (12 * C * C + 13 * C) + 2 * C
}

const mostLayers = 10_000

function checkConfig(config: Gpt2Config): void {
  for (const name of ['vocabularySize', 'contextLength', 'width', 'nLayers', 'nHeads'] as const) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw new RangeError(
        `gpt2: expected ${name} to be a whole number above 0, got ${config[name]}`,
      )
    }
  }
  const { width, nHeads, nLayers, dropout = 0, epsilon = 1e-5 } = config
  // A config may come from a file: nothing in it may make us build names without end.
  if (nLayers > mostLayers || !Number.isSafeInteger(parameterCount(config))) {
    throw new RangeError(
      `gpt2: expected at most ${mostLayers} for nLayers and a countable number of weights, got ${nLayers} and ${parameterCount(config)}`,
    )
  }
  if (width % nHeads !== 0) {
    throw new RangeError(`gpt2: expected a width that ${nHeads} heads divide evenly, got ${width}`)
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new RangeError(`gpt2: expected dropout in [0, 1), got ${dropout}`)
  }
  if (!(epsilon > 0 && epsilon < 1)) {
    throw new RangeError(`gpt2: expected epsilon between 0 and 1, got ${epsilon}`)
  }
}

function checkTokens(tokens: tf.Tensor, { contextLength }: Gpt2Config): void {
  const [batch = 0, time = 0] = tokens.shape
  if (
    tokens.dtype !== 'int32' ||
    tokens.rank !== 2 ||
    batch < 1 ||
    time < 1 ||
    time > contextLength
  ) {
    throw new RangeError(
      `gpt2: expected int32 tokens of shape [batch, time], time 1 to ${contextLength}, got ${tokens.dtype} of shape [${tokens.shape}]`,
    )
  }
}

/** How many positions come before the tokens. */
function cachedLength(
  cache: readonly KvCache[],
  tokens: tf.Tensor,
  { nLayers, contextLength }: Gpt2Config,
): number {
  const start = cache[0]?.length ?? 0
  if (cache.length !== nLayers || cache.some(({ length }) => length !== start)) {
    throw new RangeError(
      `gpt2: expected a cache of ${nLayers} layers filled alike, got ${cache.length} filled to ${cache.map(({ length }) => length)}`,
    )
  }
  const time = tokens.shape[1] ?? 0
  if (start + time > contextLength) {
    throw new RangeError(
      `gpt2: expected at most ${contextLength - start} tokens more in the cache, got ${time}; start a new one with createCache()`,
    )
  }
  return start
}
