import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  attention,
  crossEntropy,
  embedding,
  gelu,
  layerNorm,
  linear,
  type Parameters,
  tf,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles } from './check.js'

interface Run {
  readonly loss: number
  readonly gradients: Record<string, number[]>
}

interface Fixture extends Record<'tanh' | 'none', Run> {
  readonly sizes: Record<'B' | 'T' | 'C' | 'H' | 'V', number>
  readonly ids: number[]
  readonly targets: number[]
  readonly shapes: Record<string, number[]>
  readonly parameters: Record<string, number[]>
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/torch.json', import.meta.url), 'utf8'),
)

onEveryBackend('a GPT-2 block', () => {
  it.each(['tanh', 'none'] as const)(
    'has the loss and gradients of PyTorch (gelu %s)',
    async (approximate) => {
      const { sizes, shapes } = fixture
      const { B, T } = sizes
      const parameters: Parameters = Object.fromEntries(
        Object.entries(fixture.parameters).map(([name, values]) => [
          name,
          tf.variable(
            tf.tensor(values, shapes[name]),
            true,
            `${approximate}.${name}.${tf.getBackend()}`,
          ),
        ]),
      )
      const ids = tf.tensor2d(fixture.ids, [B, T], 'int32')
      const targets = tf.tensor1d(fixture.targets, 'int32')
      const { value, grads } = tf.variableGrads(() => loss(parameters, ids, targets, approximate))

      const expected = fixture[approximate]
      expect((await doubles(value))[0]).toBeCloseTo(expected.loss, 5)
      for (const [name, variable] of Object.entries(parameters)) {
        const gradient = grads[variable.name]
        const theirs = expected.gradients[name] ?? []
        const largest = Math.max(...theirs.map(Math.abs))
        const ours = gradient === undefined ? [] : await doubles(gradient)
        expect(ours.length).toBe(theirs.length)
        const error = Math.max(...ours.map((v, i) => Math.abs(v - (theirs[i] ?? Number.NaN))))
        expect(error / largest, name).toBeLessThan(1e-5)
      }
      tf.dispose([value, grads, ids, targets, parameters])
    },
  )
})

function loss(
  parameters: Parameters,
  ids: tf.Tensor,
  targets: tf.Tensor,
  approximate: 'tanh' | 'none',
): tf.Scalar {
  const { B, T, C, H } = fixture.sizes
  const p = (name: string): tf.Variable => {
    const variable = parameters[name]
    if (variable === undefined) throw new Error(`the fixture lacks ${name}`)
    return variable
  }
  const x = embedding(p('wte'), ids)
  const normed = layerNorm(x, p('ln1.gain'), p('ln1.bias'))
  const [q, k, v] = tf.split(linear(normed, p('qkv.weight'), p('qkv.bias')), 3, -1)
  if (q === undefined || k === undefined || v === undefined) throw new Error('split failed')
  const mixed = linear(attention(q, k, v, { nHeads: H }), p('proj.weight'), p('proj.bias'))
  const y = tf.add(x, mixed)
  const hidden = linear(layerNorm(y, p('ln2.gain'), p('ln2.bias')), p('fc.weight'), p('fc.bias'))
  const z = tf.add(y, linear(gelu(hidden, { approximate }), p('out.weight'), p('out.bias')))
  const logits = tf.matMul(tf.reshape(z, [B * T, C]), p('wte'), false, true)
  return crossEntropy(logits, targets, { ignoreIndex: -100 })
}
