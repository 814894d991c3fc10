import {
  attention,
  crossEntropy,
  embedding,
  fold,
  gelu,
  key,
  layerNorm,
  linear,
  normal,
  type Parameters,
  tf,
} from '@llm/tensor'

const [vocabulary, time, batch, width, nHeads, nLayers] = [23, 16, 4, 32, 4, 2]
const learningRate = 0.2

/** A GPT-2 small enough for any backend: the losses of its first steps of plain gradient descent on one batch. */
export async function tinyGpt2Losses(steps: number): Promise<number[]> {
  const parameters = init()
  const text = Int32Array.from({ length: batch * (time + 1) }, (_, i) => (i * i) % vocabulary)
  const tokens = tf.tensor2d(text, [batch, time + 1], 'int32')
  const inputs = tf.slice(tokens, [0, 0], [batch, time])
  const targets = tf.slice(tokens, [0, 1], [batch, time])
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() =>
        crossEntropy(logits(parameters, inputs), targets),
      )
      for (const variable of Object.values(parameters)) {
        const gradient = grads[variable.name]
        if (gradient !== undefined)
          variable.assign(tf.sub(variable, tf.mul(gradient, learningRate)))
      }
      return value
    })
    losses.push(...(await loss.data()))
    loss.dispose()
  }
  tf.dispose([tokens, inputs, targets, parameters])
  return losses
}

function logits(parameters: Parameters, inputs: tf.Tensor): tf.Tensor {
  const p = (name: string): tf.Variable => {
    const variable = parameters[name]
    if (variable === undefined) throw new Error(`expected a parameter ${name}`)
    return variable
  }
  const affine = (x: tf.Tensor, name: string) => linear(x, p(`${name}.weight`), p(`${name}.bias`))
  const norm = (x: tf.Tensor, name: string) => layerNorm(x, p(`${name}.gain`), p(`${name}.bias`))
  let x = tf.add(embedding(p('tokens'), inputs), p('positions'))
  for (let i = 0; i < nLayers; i++) {
    const [q, k, v] = tf.split(affine(norm(x, `${i}.ln1`), `${i}.qkv`), 3, -1)
    if (q === undefined || k === undefined || v === undefined) throw new Error('split failed')
    x = tf.add(x, affine(attention(q, k, v, { nHeads }), `${i}.proj`))
    x = tf.add(x, affine(gelu(affine(norm(x, `${i}.ln2`), `${i}.fc`)), `${i}.out`))
  }
  return linear(norm(x, 'ln'), tf.transpose(p('tokens')))
}

function init(): Parameters {
  const parameters: Record<string, tf.Variable> = {}
  const add = (name: string, value: tf.Tensor) => {
    parameters[name] = tf.variable(value, true, `${name}.${tf.getBackend()}`)
  }
  const weight = (name: string, shape: number[]) =>
    add(name, normal(fold(key(1), name), shape, { standardDeviation: 0.1 }))
  const affine = (name: string, from: number, to: number) => {
    weight(`${name}.weight`, [from, to])
    add(`${name}.bias`, tf.zeros([to]))
  }
  const norm = (name: string) => {
    add(`${name}.gain`, tf.ones([width]))
    add(`${name}.bias`, tf.zeros([width]))
  }
  weight('tokens', [vocabulary, width])
  weight('positions', [time, width])
  for (let i = 0; i < nLayers; i++) {
    norm(`${i}.ln1`)
    affine(`${i}.qkv`, width, 3 * width)
    affine(`${i}.proj`, width, width)
    norm(`${i}.ln2`)
    affine(`${i}.fc`, width, 4 * width)
    affine(`${i}.out`, 4 * width, width)
  }
  norm('ln')
  return parameters
}
