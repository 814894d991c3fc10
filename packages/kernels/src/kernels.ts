/**
 * The functions of the native addon. All tensors are row by row in typed arrays; outputs are arrays of the caller,
 * which may share memory with no other argument. Sizes that do not fit are errors naming the kernel; nothing is
 * written then. Results do not depend on the number of threads.
 */
export interface Kernels {
  /** The version of this interface; {@link loadKernels} refuses a build with another. */
  interfaceVersion(): number
  /**
   * The vector instructions in use: 'portable', 'neon', 'avx2' (with FMA), 'avx512', 'avx512bf16' or 'amx'. At first the
   * fastest this machine has, or those named by the environment variable LLM_KERNELS_INSTRUCTIONS.
   *
   * @throws Error if the variable names some that this machine has not
   */
  instructionSet(): string
  /** The instruction sets of this machine, the widest last. */
  instructionSets(): string[]
  /**
   * Uses these vector instructions from now on, in all threads of the process.
   *
   * @throws Error naming what this machine has if these are not there
   */
  setInstructionSet(name: string): void
  /** How many threads work on a kernel. */
  threads(): number
  /** Sets the number of threads, up to 1024; 0 takes as many as the process may use, the start value. */
  setThreads(threads: number): void
  /** Bytes from the start of the array to the next cache line: 0 where it starts on one. */
  toLine(x: Float32Array): number

  /**
   * `c[i] = a[i] b[i] + bias` for every i of a batch: a is [m, k], b [k, n], c [m, n].
   * `options` adds up {@link productOptions}. An empty bias is none.
   */
  product(
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array,
    c: Float32Array,
    batch: number,
    m: number,
    n: number,
    k: number,
    options: number,
  ): void

  /**
   * `y = activation(x weight + bias) + residual`: x is [rows, inputs], weight [inputs, outputs], y and residual
   * [rows, outputs]. `options` adds up {@link linearOptions}. An empty bias, residual or hidden is none; hidden gets what
   * the activation is applied to.
   */
  linear(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    residual: Float32Array,
    y: Float32Array,
    hidden: Float32Array,
    rows: number,
    inputs: number,
    outputs: number,
    options: number,
  ): void
  /** All gradients of `linear` with the same options; hidden is empty without an activation, an empty dBias none. */
  linearGrad(
    dy: Float32Array,
    x: Float32Array,
    weight: Float32Array,
    hidden: Float32Array,
    dx: Float32Array,
    dWeight: Float32Array,
    dBias: Float32Array,
    rows: number,
    inputs: number,
    outputs: number,
    options: number,
  ): void

  /** `out[j]` = the sum of column j of x, [rows, out.length]. */
  sumColumns(x: Float32Array, out: Float32Array, rows: number): void
  /** `out[i]` = the sum of row i of x, [out.length, width]. */
  sumRows(x: Float32Array, out: Float32Array, width: number): void
  /** The sum of all elements. */
  sumAll(x: Float32Array): number
  /** The square root of the sum of the squares of all elements of all tensors. */
  globalNorm(tensors: Float32Array[]): number

  /**
   * `out = a op b`, with op 0 for +, 1 for -, 2 for *, 3 for /. The shorter of a and b is repeated; its length must
   * divide the other's.
   */
  binary(operation: number, a: Float32Array, b: Float32Array, out: Float32Array): void
  /** `out = x + a y`. */
  addScaled(x: Float32Array, y: Float32Array, a: number, out: Float32Array): void
  /** Adam's new moments and the update; `correction1` is 1 - beta1^step. */
  adamMoments(
    gradient: Float32Array,
    m: Float32Array,
    v: Float32Array,
    update: Float32Array,
    newM: Float32Array,
    newV: Float32Array,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
  ): void

  /**
   * AdamW of a list of parameters: they and their moments are written in place. Tensor i has the decay `decays[i]`;
   * `correction1` is 1 - beta1^step. Every gradient is multiplied by `gradientScale` first.
   */
  adamW(
    parameters: Float32Array[],
    gradients: Float32Array[],
    m: Float32Array[],
    v: Float32Array[],
    decays: Float64Array,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    gradientScale: number,
  ): void
  /**
   * Adafactor of a list of parameters, in place. A parameter with `widths[i]` above 0 is [batch, rows, widths[i]] and
   * has the second moments of its rows, [batch, rows], and of its columns, [batch, widths[i]]; one with width 0 has
   * those of all its elements in `rows[i]`, and `columns[i]` is empty. `first` has the means of the steps, or is empty.
   * `decays[i]` is the part of the parameter taken away. With `leastSize` 0 the rate is not multiplied by its size.
   */
  adafactor(
    parameters: Float32Array[],
    gradients: Float32Array[],
    rows: Float32Array[],
    columns: Float32Array[],
    first: Float32Array[],
    widths: Float64Array,
    decays: Float64Array,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    leastSize: number,
    clip: number,
    gradientScale: number,
  ): void

  /** Copies rows of `length` elements that lie `xStride` apart in x, from `xStart`, and `outStride` in out. */
  copyRows(
    x: Float32Array,
    xStart: number,
    xStride: number,
    out: Float32Array,
    outStart: number,
    outStride: number,
    rows: number,
    length: number,
  ): void

  /** GELU, by its tanh approximation or exact. */
  gelu(x: Float32Array, tanh: boolean, y: Float32Array): void
  geluGrad(dy: Float32Array, x: Float32Array, tanh: boolean, dx: Float32Array): void
  /** `y = silu(gate) * up`, rows of `width`. When up is empty, gate holds rows of both, [rows, 2 width]. */
  swiglu(gate: Float32Array, up: Float32Array, y: Float32Array, width: number): void
  /** The gradients in the layout of gate and up; dUp is empty when up is. */
  swigluGrad(
    dy: Float32Array,
    gate: Float32Array,
    up: Float32Array,
    dGate: Float32Array,
    dUp: Float32Array,
    width: number,
  ): void
  /** Dropout by the key (high, low), two 32-bit words. */
  dropout(x: Float32Array, rate: number, high: number, low: number, y: Float32Array): void

  /** Layer normalisation of x, [mean.length, gain.length]. An empty bias is none. */
  layerNorm(
    x: Float32Array,
    gain: Float32Array,
    bias: Float32Array,
    epsilon: number,
    y: Float32Array,
    mean: Float32Array,
    inverse: Float32Array,
  ): void
  /** An empty dBias is not written. */
  layerNormGrad(
    dy: Float32Array,
    x: Float32Array,
    gain: Float32Array,
    mean: Float32Array,
    inverse: Float32Array,
    dx: Float32Array,
    dGain: Float32Array,
    dBias: Float32Array,
  ): void
  /** Normalisation by the root mean square of x, [inverse.length, gain.length]. */
  rmsNorm(
    x: Float32Array,
    gain: Float32Array,
    epsilon: number,
    y: Float32Array,
    inverse: Float32Array,
  ): void
  rmsNormGrad(
    dy: Float32Array,
    x: Float32Array,
    gain: Float32Array,
    inverse: Float32Array,
    dx: Float32Array,
    dGain: Float32Array,
  ): void

  /**
   * q and y are [batch, queries, nHeads * headSize], k and v [batch, capacity, nKvHeads * headSize], logSumExp
   * [batch, nHeads, queries].
   */
  attention(
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    y: Float32Array,
    logSumExp: Float32Array,
    options: AttentionShape,
  ): void
  attentionGrad(
    dy: Float32Array,
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    y: Float32Array,
    logSumExp: Float32Array,
    dq: Float32Array,
    dk: Float32Array,
    dv: Float32Array,
    options: AttentionShape,
  ): void
  /** {@link attention} with q, k and v side by side: [batch, queries, (nHeads + 2 nKvHeads) * headSize]. */
  selfAttention(
    qkv: Float32Array,
    y: Float32Array,
    logSumExp: Float32Array,
    options: AttentionShape,
  ): void
  selfAttentionGrad(
    dy: Float32Array,
    qkv: Float32Array,
    y: Float32Array,
    logSumExp: Float32Array,
    dQkv: Float32Array,
    options: AttentionShape,
  ): void

  /**
   * Turns the pairs of the first `dims` elements of the first `turned` heads in each row of x, [rows, width]. Row r
   * turns by the angles of row r mod time of `cos` and `sin`, [time, dims / 2]; the other way when `inverse`.
   * Pairs lie side by side when `interleaved`, else dims / 2 apart.
   */
  rotary(
    x: Float32Array,
    cos: Float32Array,
    sin: Float32Array,
    y: Float32Array,
    time: number,
    width: number,
    headSize: number,
    turned: number,
    dims: number,
    interleaved: boolean,
    inverse: boolean,
  ): void

  /**
   * Writes logSumExp, [rows], and result = [mean loss, rows that count]. logits is [rows, vocabulary]; a row's loss is
   * `logSumExp - logits[target] + zLoss logSumExp^2`.
   */
  crossEntropy(
    logits: Float32Array,
    targets: Int32Array,
    ignored: number,
    zLoss: number,
    logSumExp: Float32Array,
    result: Float32Array,
  ): void
  /** `dLogits = ((1 + 2 zLoss logSumExp) softmax(logits) - onehot(targets)) * weight`. */
  crossEntropyGrad(
    logits: Float32Array,
    targets: Int32Array,
    ignored: number,
    zLoss: number,
    logSumExp: Float32Array,
    weight: number,
    dLogits: Float32Array,
  ): void
  /**
   * The mean loss of the logits `scale * x weight^T`, x [targets.length, width], weight [vocabulary, width]. Writes the
   * gradients of x and weight too, unless both arrays are empty. Keeps a chunk of the logits at a time, at most 2^24 of
   * them or one row, in memory that the thread keeps.
   */
  linearCrossEntropy(
    x: Float32Array,
    weight: Float32Array,
    targets: Int32Array,
    width: number,
    vocabulary: number,
    ignored: number,
    zLoss: number,
    scale: number,
    bfloat16: boolean,
    dx: Float32Array,
    dWeight: Float32Array,
  ): number

  /**
   * `out[i] = table[ids[i]] + positions[offset + i mod time]`, rows of `width`. Empty positions are none; `time`
   * divides the number of ids.
   */
  embedding(
    table: Float32Array,
    ids: Int32Array,
    positions: Float32Array,
    out: Float32Array,
    width: number,
    time: number,
    offset: number,
  ): void
  /** `table[ids[i]] += dy[i]` and `positions[offset + i mod time] += dy[i]` from zeros, in the order of i. */
  embeddingGrad(
    dy: Float32Array,
    ids: Int32Array,
    table: Float32Array,
    positions: Float32Array,
    width: number,
    time: number,
    offset: number,
  ): void
}

/** Sizes and options of {@link Kernels.attention}. */
export interface AttentionShape {
  readonly batch: number
  readonly queries: number
  /** The keys that are valid, the first ones; the last query stands at the last of them. */
  readonly keys: number
  /** The keys that k and v have room for. */
  readonly capacity: number
  readonly nHeads: number
  /** Divides nHeads. */
  readonly nKvHeads: number
  readonly headSize: number
  /** A query sees no keys after its own position. */
  readonly causal: boolean
  /** A query sees only keys nearer than this; 0 is no limit. */
  readonly window: number
  readonly scale: number
  /** The part of the weights that is dropped by the key (high, low); 0 is none. */
  readonly dropout: number
  readonly high: number
  readonly low: number
}

/** The bits of the options of {@link Kernels.product}. */
export const productOptions = {
  /** a is stored as [k, m]. */
  transposeA: 1,
  /** b is stored as [n, k]. */
  transposeB: 2,
  /** a is one matrix for the whole batch. */
  sharedA: 4,
  /** b is one matrix for the whole batch. */
  sharedB: 8,
} as const

/** The bits of the options of {@link Kernels.linear}. */
export const linearOptions = {
  /** The weight is stored as [outputs, inputs]. */
  transposed: 1,
  /** The operands of the products are rounded to bfloat16, to nearest and ties to even; sums are float32. */
  bfloat16: 2,
  /** GELU, exact. */
  gelu: 4,
  /** GELU by its tanh approximation. */
  geluTanh: 8,
} as const

/** Whether a loaded addon has the functions of {@link Kernels}, in the version this package was written for. */
export function isKernels(addon: unknown): addon is Kernels {
  if (typeof addon !== 'object' || addon === null) return false
  const functions = new Map(Object.entries(addon))
  if (!names.every((name) => typeof functions.get(name) === 'function')) return false
  return functions.get('interfaceVersion')() === INTERFACE_VERSION
}

/** Equal to INTERFACE in crate/src/node/mod.rs. */
const INTERFACE_VERSION = 3

const names: readonly (keyof Kernels)[] = [
  'interfaceVersion',
  'instructionSet',
  'instructionSets',
  'setInstructionSet',
  'threads',
  'setThreads',
  'toLine',
  'product',
  'linear',
  'linearGrad',
  'sumColumns',
  'sumRows',
  'sumAll',
  'globalNorm',
  'binary',
  'addScaled',
  'adamMoments',
  'adamW',
  'adafactor',
  'copyRows',
  'gelu',
  'geluGrad',
  'swiglu',
  'swigluGrad',
  'dropout',
  'layerNorm',
  'layerNormGrad',
  'rmsNorm',
  'rmsNormGrad',
  'attention',
  'attentionGrad',
  'selfAttention',
  'selfAttentionGrad',
  'rotary',
  'crossEntropy',
  'crossEntropyGrad',
  'linearCrossEntropy',
  'embedding',
  'embeddingGrad',
]
