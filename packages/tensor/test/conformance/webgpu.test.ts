import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { key, normal, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles } from './check.js'

onEveryBackend('the device', (name) => {
  if (name !== 'webgpu') return it.skip(`is not watched: ${name} throws itself`, () => {})

  it('what it cannot do is an error of the next read, and only of that', async () => {
    // Larger than a buffer may be, so it is never there.
    const large = tf.fill([2 ** 16, 2 ** 15], 1)
    await expect(large.data()).rejects.toThrow(/^webgpu: .*[Bb]uffer/s)
    large.dispose()
    expect(await doubles(tf.mul(tf.tensor1d([1, 2]), 3))).toEqual([3, 6])
  })

  it('a process that used it ends by itself, whatever is unread', async () => {
    const script = fileURLToPath(new URL('webgpu-process.ts', import.meta.url))
    const args = ['--conditions=@llm/source', '--import', 'tsx', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 50_000 })
    expect(stdout.trim()).toBe('8 8 8')
  })

  it('its loss is an error of every read', async () => {
    const x = normal(key(1), [3])
    const backend = tf.backend()
    if (!('device' in backend) || !canBeDestroyed(backend.device)) throw new Error('no device')
    const y = tf.mul(x, 2)
    backend.device.destroy()
    await expect(y.data()).rejects.toThrow('the GPU device was lost (destroyed')
    await expect(tf.mul(x, 2).data()).rejects.toThrow('start again from a checkpoint')
  })
})

function canBeDestroyed(device: unknown): device is { destroy(): void } {
  return typeof device === 'object' && device !== null && 'destroy' in device
}
