import {
  type AdamMoments,
  adamMoments,
  attention,
  type BackendChoice,
  crossEntropy,
  type Key,
  key,
  linearCrossEntropy,
  type Parameters,
  tf,
  useBackend,
} from '@llm/tensor'
import { expectTypeOf, it } from 'vitest'

it('the public types', () => {
  const x = tf.zeros([1, 2, 4])
  expectTypeOf(crossEntropy(x, x)).toEqualTypeOf<tf.Scalar>()
  expectTypeOf(linearCrossEntropy(x, x, x, { zLoss: 1e-4 })).toEqualTypeOf<tf.Scalar>()
  expectTypeOf(attention(x, x, x, { nHeads: 2 })).toEqualTypeOf<tf.Tensor>()
  expectTypeOf(
    adamMoments(x, x, x, { beta1: 0, beta2: 0, epsilon: 0, step: 1 }),
  ).toEqualTypeOf<AdamMoments>()
  expectTypeOf(key(1)).toEqualTypeOf<Key>()
  expectTypeOf(useBackend('auto')).toEqualTypeOf<Promise<BackendChoice>>()
  expectTypeOf<Parameters>().toEqualTypeOf<Record<string, tf.Variable>>()
  // @ts-expect-error there is no such backend
  void useBackend('cuda')
  // @ts-expect-error the number of heads is needed
  attention(x, x, x, {})
})
