import { expect, it } from 'vitest'
import { key } from '../key.js'
import { withPrecision } from '../precision.js'
import { tf } from '../tf.js'
import { adafactor, adafactorMoments } from './adafactor.js'
import { adamMoments } from './adam-moments.js'
import { adamW } from './adam-w.js'
import { addScaled } from './add-scaled.js'
import { attention } from './attention.js'
import { crossEntropy } from './cross-entropy.js'
import { dropout } from './dropout.js'
import { embedding } from './embedding.js'
import { gelu } from './gelu.js'
import { globalNorm } from './global-norm.js'
import { layerNorm } from './layer-norm.js'
import { linear } from './linear.js'
import { linearCrossEntropy } from './linear-cross-entropy.js'
import { rmsNorm } from './rms-norm.js'
import { selfAttention } from './self-attention.js'
import { swiglu } from './swiglu.js'

const x = tf.zeros([2, 3])
const ids = tf.tensor1d([0, 5], 'int32')
const weight = tf.variable(x)
const moments = { m: x, v: x }
const adam = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 0 }

it.each([
  [
    () => linear(x, tf.zeros([4, 2])),
    'linear: expected weight of shape [3, out] for x of shape [2, 3], got [4, 2]',
  ],
  [() => linear(x, tf.zeros([3, 2]), tf.zeros([3])), 'linear: expected bias of shape [2], got [3]'],
  [() => linear(ids, tf.zeros([2, 2])), 'linear: expected x of type float32, got int32'],
  [
    () => linear(x, tf.zeros([3, 2]), undefined, { transposed: true }),
    'linear: expected weight of shape [out, 3] for x of shape [2, 3], got [3, 2]',
  ],
  [
    () => linear(x, tf.zeros([3, 2]), undefined, { residual: x }),
    'linear: expected residual of shape [2, 2], got [2, 3]',
  ],
  [
    () => withPrecision({ compute: 'bfloat16' }, async () => x),
    'withPrecision: expected a synchronous function',
  ],
  [() => embedding(x, tf.zeros([2])), 'embedding: expected ids of type int32, got float32'],
  [() => embedding(x, ids), 'embedding: expected ids from 0 to 1, got 5 at 1'],
  [
    () => embedding(tf.zeros([2]), ids),
    'embedding: expected table of shape [vocabulary, width], got [2]',
  ],
  [
    () => layerNorm(x, tf.zeros([2]), tf.zeros([3])),
    'layerNorm: expected gain of shape [3], got [2]',
  ],
  [
    () => layerNorm(x, tf.zeros([3]), tf.zeros([3]), { epsilon: -1 }),
    'layerNorm: expected epsilon >= 0, got -1',
  ],
  [
    () => embedding(x, tf.tensor1d([0, 1], 'int32'), { positions: tf.zeros([3, 2]) }),
    'embedding: expected positions of shape [contextLength, 3], got [3, 2]',
  ],
  [
    () => embedding(x, tf.tensor1d([0, 1], 'int32'), { positions: x, offset: 1 }),
    'embedding: expected an offset from 0 to 0 for 2 times and positions of shape [2, 3], got 1',
  ],
  [() => rmsNorm(x, tf.zeros([2])), 'rmsNorm: expected gain of shape [3], got [2]'],
  [() => swiglu(x), 'swiglu: expected x of shape [..., 2 width], got [2, 3]'],
  [() => swiglu(x, tf.zeros([3, 2])), 'swiglu: expected up of shape [2, 3], got [3, 2]'],
  [() => gelu(ids), 'gelu: expected x of type float32, got int32'],
  [
    () => selfAttention(tf.zeros([1, 2, 7]), { nHeads: 2 }),
    'selfAttention: expected qkv of a width that nHeads + 2 nKvHeads = 6 divides, got [1, 2, 7]',
  ],
  [
    () => attention(x, x, x, { nHeads: 1 }),
    'attention: expected q of shape [batch, time, width], got [2, 3]',
  ],
  [
    () => attention(...qkv(2, 2, 6), { nHeads: 4 }),
    'attention: expected nHeads to divide the width 6, got 4',
  ],
  [
    () => attention(...qkv(3, 2, 6), { nHeads: 2 }),
    'attention: expected at least as many keys as queries (3) when causal or within a window, got 2',
  ],
  [() => crossEntropy(x, ids), 'crossEntropy: expected targets from 0 to 2, got 5 at 1'],
  [
    () => crossEntropy(x, tf.zeros([3], 'int32')),
    'crossEntropy: expected targets of shape [2], got [3]',
  ],
  [
    () => crossEntropy(x, tf.tensor1d([0, 1], 'int32'), { zLoss: -1 }),
    'crossEntropy: expected a finite zLoss >= 0, got -1',
  ],
  [
    () => linearCrossEntropy(x, tf.zeros([5, 2]), ids),
    'linearCrossEntropy: expected weight of shape [vocabulary, 3], got [5, 2]',
  ],
  [
    () => linearCrossEntropy(x, tf.zeros([5, 3]), ids),
    'linearCrossEntropy: expected targets from 0 to 4, got 5 at 1',
  ],
  [
    () => linearCrossEntropy(x, tf.zeros([6, 3]), ids, { scale: Number.NaN }),
    'linearCrossEntropy: expected a finite scale, got NaN',
  ],
  [() => dropout(x, 1, key(1)), 'dropout: expected a rate from 0 to below 1, got 1'],
  [() => globalNorm([x, ids]), 'globalNorm: expected tensor 1 of type float32, got int32'],
  [() => addScaled(x, tf.zeros([3, 2]), 1), 'addScaled: expected y of shape [2, 3], got [3, 2]'],
  [
    () => adamMoments(x, x, x, { beta1: 1, beta2: 0, epsilon: 0, step: 1 }),
    'adamMoments: expected beta1 from 0 to below 1, got 1',
  ],
  [
    () => adamMoments(x, x, x, { beta1: 0, beta2: 0, epsilon: 0, step: 0 }),
    'adamMoments: expected step to be an integer >= 1, got 0',
  ],
  [
    () => adamW([weight], [x], [moments, moments], { ...adam, step: 1 }),
    'adamW: expected moments for each of 1 parameters, got 2',
  ],
  [
    () => adamW([weight], [tf.zeros([3, 2])], [moments], { ...adam, step: 1 }),
    'adamW: expected gradient 0 of shape [2, 3], got [3, 2]',
  ],
  [
    () => adamW([weight], [x], [{ m: x, v: ids }], { ...adam, step: 1 }),
    'adamW: expected v 0 of type float32, got int32',
  ],
  [
    () => adamW([weight], [x], [moments], { ...adam, step: 1, weightDecay: [1, 2] }),
    'adamW: expected weightDecay for each of 1 parameters, got 2',
  ],
  [
    () => adamW([weight], [x], [moments], { ...adam, step: 1, gradientScale: x }),
    'adamW: expected gradientScale of shape [], got [2, 3]',
  ],
  [
    () => adafactor([weight], [x], [{ rows: x, columns: x }], { learningRate: 1, step: 1 }),
    'adafactor: expected rows 0 of shape [2], got [2, 3]',
  ],
  [
    () => adafactor([weight], [x], [adafactorMoments(x)], { learningRate: 1, step: 0 }),
    'adafactor: expected step to be an integer >= 1, got 0',
  ],
  [
    () => adafactor([weight], [x], [adafactorMoments(x)], { learningRate: 1, step: 1, clip: 0 }),
    'adafactor: expected clip above 0, got 0',
  ],
])('%#: shapes, types and numbers that do not fit are errors', (call, message) => {
  expect(call).toThrow(message)
})

function qkv(queries: number, keys: number, width: number): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return [tf.zeros([1, queries, width]), tf.zeros([1, keys, width]), tf.zeros([1, keys, width])]
}
