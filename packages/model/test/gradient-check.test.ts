// Analytic gradients of the whole model against central differences of its loss.
import { crossEntropy, fold, key, normal, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import { gpt2 } from '../src/index.js'

test('the slope of the loss along random directions is what the gradients say, for every parameter', () => {
  const model = gpt2({ vocabularySize: 7, contextLength: 6, width: 8, nLayers: 2, nHeads: 2 })
  const params = model.init(key(1))
  for (const [name, variable] of Object.entries(params)) {
    // Away from 0 and 1, so that no part of the model is switched off.
    const noise = normal(fold(key(2), name), variable.shape, { standardDeviation: 0.4 })
    variable.assign(tf.add(variable, noise))
  }
  const tokens = tf.tensor2d([0, 1, 2, 3, 4, 5, 6, 0, 6, 5, 4, 3], [2, 6], 'int32')
  const targets = tf.tensor2d([1, 2, 3, 4, 5, 6, 0, 6, 5, 4, 3, 2], [2, 6], 'int32')
  const loss = (): tf.Scalar => crossEntropy(model.forward(params, tokens), targets).asScalar()
  const { grads } = tf.variableGrads(loss, Object.values(params))

  // Float32 losses carry an error near 1e-7; over a distance of 2e-2 that leaves slopes good to about 1e-5.
  const step = 1e-2
  for (const [name, variable] of Object.entries(params)) {
    const direction = normal(fold(key(3), name), variable.shape)
    const unit = tf.div(direction, tf.norm(direction))
    const lossAt = (distance: number): number =>
      tf.tidy(() => {
        const start = variable.clone()
        variable.assign(tf.add(start, tf.mul(unit, distance)))
        const [value] = loss().dataSync()
        variable.assign(start)
        return value!
      })
    const measured = (lossAt(step) - lossAt(-step)) / (2 * step)
    const [claimed] = tf.sum(tf.mul(grads[variable.name]!, unit)).dataSync()
    expect(Math.abs(measured - claimed!), name).toBeLessThan(1e-3 * Math.abs(measured) + 3e-5)
    expect(Math.abs(measured), name).toBeGreaterThan(5e-4)
  }
})
