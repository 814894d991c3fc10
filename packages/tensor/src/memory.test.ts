import { expect, it } from 'vitest'
import { onEveryBackend } from '../test/conformance/backends.js'
import { useBackend } from './backends/use-backend.js'
import { memory, resetPeak } from './memory.js'
import { addScaled } from './ops/add-scaled.js'
import { leaks, scope } from './scope.js'
import { tf } from './tf.js'

onEveryBackend('memory', (backend) => {
  it('counts bytes in use and their peak', () => {
    resetPeak()
    const before = memory()
    expect(before.peakBytes).toBe(before.bytes)
    const x = tf.zeros([10, 100])
    const y = addScaled(x, x, 1)
    expect(memory().bytes - before.bytes).toBe(8000)
    tf.dispose([x, y])
    const after = memory()
    expect(after.bytes).toBe(before.bytes)
    expect(after.tensors).toBe(before.tensors)
    expect(after.peakBytes - before.bytes).toBeGreaterThanOrEqual(8000)
    resetPeak()
    expect(memory().peakBytes).toBe(before.bytes)
    expect(after.processBytes).toBeGreaterThan(1e7)
    if (backend === 'native') expect(after.pooledBytes).toBeGreaterThanOrEqual(4000)
  })

  it('leaks counts what f leaves over, async too', async () => {
    const x = tf.ones([5])
    expect(leaks(() => x.square())).toEqual({ tensors: 1, bytes: 20 })
    const later = leaks(async () => {
      await x.square().data()
      x.square()
    })
    expect(await later).toEqual({ tensors: 2, bytes: 40 })
    expect(leaks(() => x.dispose())).toEqual({ tensors: -1, bytes: -20 })
    await expect(leaks(() => Promise.reject(new Error('from f')))).rejects.toThrow('from f')
  })

  it('scope keeps what is returned or kept, and cleans up after errors', async () => {
    const x = tf.ones([5])
    const nested = await leaks(() =>
      scope(async () => {
        const inner = await scope(async () => {
          await x.square().data()
          return { y: tf.add(x, x), list: [tf.keep(tf.mul(x, x))] }
        })
        await inner.y.data()
        return [inner.y.square()]
      }),
    )
    expect(nested).toEqual({ tensors: 2, bytes: 40 })
    const failing = () =>
      scope(async () => {
        await x.square().data()
        throw new Error('from f')
      })
    expect(await leaks(() => failing().catch(() => {}))).toEqual({ tensors: 0, bytes: 0 })
    expect(tf.engine().state.activeScope?.name).not.toBe('scope')
  })

  it.runIf(backend === 'native')('says no before memory runs out', async () => {
    const [x, other] = [tf.ones([1000, 1000]), tf.ones([999, 1000])]
    const before = memory()
    await useBackend('native', { memoryLimit: before.bytes + 5e6 })
    try {
      const y = addScaled(x, x, 1)
      expect(() => addScaled(y, x, 1)).toThrow(
        /room for an array of 4\.0 MB \(1000000 numbers\) in LlmAddScaled, but tensors take .* and the limit is .*memoryLimit/,
      )
      y.dispose()
      // What waits is given up for an array of another length.
      expect(memory().pooledBytes).toBeGreaterThanOrEqual(4e6)
      const z = addScaled(other, other, 1)
      expect(z.dataSync()[0]).toBe(2)
      tf.dispose([x, other, z])
    } finally {
      await useBackend('native', { memoryLimit: Number.POSITIVE_INFINITY })
    }
    await expect(useBackend('native', { memoryLimit: 0 })).rejects.toThrow('memoryLimit above 0')
  })
})
