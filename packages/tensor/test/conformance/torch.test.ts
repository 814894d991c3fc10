import { it } from 'vitest'
import {
  embedding,
  layerNorm,
  linear,
  linearCrossEntropy,
  selfAttention,
  type tf,
  withPrecision,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Block, expectRun, type Given, type Run, readFixture } from './torch-run.js'

type Fixture = Block & Record<'tanh' | 'none' | 'bfloat16' | 'autocast', Run>

const fixture = readFixture<Fixture>('torch.json')

onEveryBackend('a GPT-2 block', () => {
  it('has the loss and gradients of PyTorch', async () => {
    await expectRun(fixture, (given) => loss(given, 'gelu-tanh'), fixture.tanh, 1e-5)
    await expectRun(fixture, (given) => loss(given, 'gelu'), fixture.none, 1e-5)
  })

  it('has those of PyTorch with products in bfloat16', async () => {
    const rounded = (given: Given) =>
      withPrecision({ compute: 'bfloat16' }, () => loss(given, 'gelu-tanh'))
    // In float32 the gradients are 0.13 % to 0.6 % away.
    await expectRun(fixture, rounded, fixture.bfloat16, 1e-3)
    await expectRun(fixture, rounded, fixture.autocast, 2e-2)
  })
})

function loss({ parameter: p, ids, targets }: Given, activation: 'gelu' | 'gelu-tanh'): tf.Scalar {
  const x = embedding(p('wte'), ids)
  const normed = layerNorm(x, p('ln1.gain'), p('ln1.bias'))
  const qkv = linear(normed, p('qkv.weight'), p('qkv.bias'))
  const mixed = selfAttention(qkv, { nHeads: fixture.sizes.H })
  const y = linear(mixed, p('proj.weight'), p('proj.bias'), { residual: x })
  const hidden = linear(layerNorm(y, p('ln2.gain'), p('ln2.bias')), p('fc.weight'), p('fc.bias'), {
    activation,
  })
  const z = linear(hidden, p('out.weight'), p('out.bias'), { residual: y })
  return linearCrossEntropy(z, p('wte'), targets, { ignoreIndex: -100 })
}
