import { differentiable, isRecording } from './ops/run.js'
import { computePrecision, withPrecision } from './precision.js'
import { tf } from './tf.js'

/**
 * `f(...inputs)`, of which only the inputs are kept for the gradient: the backward pass runs f again. The memory of what f computes
 * on the way is paid with a second forward pass. Chen et al. 2016, https://arxiv.org/abs/1604.06174.
 *
 * The gradients are those of plain f, of the inputs and of the variables that f uses. f must do the same each time: random
 * numbers come from keys. Checkpoints nest. Without a gradient being recorded it is f in a tf.tidy.
 *
 * @param f a function of the inputs, and of variables and constants that live on
 * @param inputs of any types and shapes
 * @throws RangeError when f uses a tensor from outside that has a gradient and is not one of the inputs
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { checkpoint } = await import('./checkpoint.js')
 * const weight = tf.variable(tf.scalar(3))
 * const loss = (x: tf.Tensor) => tf.square(tf.mul(x, weight)).asScalar()
 * const { grads } = tf.variableGrads(() => checkpoint(loss, [tf.scalar(2)]).asScalar(), [weight])
 * expect(grads[weight.name]?.dataSync()[0]).toBe(24) // 2 (x w) x
 * ```
 */
export function checkpoint(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
): tf.Tensor {
  const run = (given: readonly tf.Tensor[]): tf.Tensor => {
    const y = f(...given)
    // What goes in must not come out: the gradients of both would be one.
    return given.includes(y) || y instanceof tf.Variable ? tf.clone(y) : y
  }
  if (!isRecording()) return tf.tidy(() => run(inputs))
  const { y, variables } = runForgetting(run, inputs)
  const floats = inputs.filter(isFloat)
  if (floats.length + variables.length === 0) return y
  const compute = computePrecision()
  return differentiable({
    inputs: [...floats, ...variables],
    forward: (save) => {
      save([...inputs])
      return y
    },
    gradient: (dy, saved) =>
      withPrecision({ compute }, () => gradientsOf(run, saved, variables, dy)),
  })
}

type Run = (inputs: readonly tf.Tensor[]) => tf.Tensor

/** Runs on the tape, to see which variables take part, and takes off it again all that was recorded. */
function runForgetting(
  run: Run,
  inputs: readonly tf.Tensor[],
): { y: tf.Tensor; variables: tf.Variable[] } {
  const { state } = tf.engine()
  const tape = state.activeTape
  const start = tape.length
  let nodes: typeof tape = []
  try {
    const y = tf.tidy(() => run(inputs))
    nodes = tape.splice(start)
    const inside = new Set(nodes.flatMap((node) => node.outputs.map(({ id }) => id)))
    const outside = new Set(
      nodes
        .flatMap((node) => Object.values(node.inputs))
        .filter((x) => !inside.has(x.id) && !inputs.includes(x)),
    )
    const variables = [...outside].filter((x) => x instanceof tf.Variable)
    const recorded = new Set(tape.flatMap((node) => node.outputs.map(({ id }) => id)))
    for (const x of outside) {
      if (!recorded.has(x.id)) continue
      throw new RangeError(
        `checkpoint: expected f to use its inputs, variables and constants only, got a tensor of shape [${x.shape.join(', ')}] that was computed before; pass it in the inputs`,
      )
    }
    return { y, variables: variables.filter((variable) => variable.trainable) }
  } finally {
    for (const node of [...nodes, ...tape.splice(start)]) tf.dispose(node.saved ?? [])
  }
}

/** The gradients of the float32 inputs and of the variables, by a tape of its own. */
function gradientsOf(
  run: Run,
  inputs: readonly tf.Tensor[],
  variables: readonly tf.Variable[],
  dy: tf.Tensor,
): tf.Tensor[] {
  const engine = tf.engine()
  const xs = [...inputs.filter(isFloat), ...variables]
  // The engine has one tape, and this is the backward pass of it.
  const tape = engine.state.activeTape
  try {
    const { value, grads } = engine.gradients(() => run(inputs), xs, dy, true)
    value.dispose()
    return xs.map((x, i) => grads[i] ?? tf.zerosLike(x))
  } finally {
    engine.state.activeTape = tape
  }
}

function isFloat(x: tf.Tensor): boolean {
  return x.dtype === 'float32'
}
