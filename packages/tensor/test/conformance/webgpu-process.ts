// Run as a process of its own by webgpu.test.ts.
import { tf, useBackend } from '../../src/index.js'

await useBackend('webgpu')
const x = tf.fill([40, 50], 2)
const unread = tf.matMul(x, x, false, true)
tf.mul(unread, 2).dispose()
console.log((await tf.mul(x, 4).data()).slice(0, 3).join(' '))
