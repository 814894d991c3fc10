import { tf } from '../../tf.js'

/**
 * Makes TensorFlow.js's WebGPU backend fail where the device failed. A device does not throw: what it cannot do it leaves
 * undone and reports later, and TensorFlow.js would go on with whatever lies in the memory. From now on the next read of a
 * tensor is an error that says what the device said; after the loss of the device every read is.
 */
export function watchDevice(): void {
  if ('webgpu' in tf.engine().registry) {
    watch(tf.engine().findBackend('webgpu'))
    return
  }
  const make = tf.findBackendFactory('webgpu')
  tf.removeBackend('webgpu')
  tf.registerBackend('webgpu', async () => {
    const backend = await make()
    watch(backend)
    return backend
  })
}

const watched = new WeakSet<tf.KernelBackend>()

function watch(backend: tf.KernelBackend): void {
  const device: unknown = 'device' in backend ? backend.device : undefined
  if (watched.has(backend) || !isDevice(device)) return
  watched.add(backend)
  let failure: string | undefined
  let lost: string | undefined
  device.addEventListener('uncapturederror', (event) => {
    failure ??= event.error.message
    // Else it is printed too.
    event.preventDefault()
  })
  void device.lost.then(({ reason, message }) => {
    lost = `the GPU device was lost (${[reason, message].filter(Boolean).join(': ')}), and its tensors with it; start again from a checkpoint, in a new process or page`
  })
  const read = backend.read.bind(backend)
  backend.read = async (dataId) => {
    const values = await read(dataId).catch((error: unknown) => {
      failure ??= error instanceof Error ? error.message || error.name : String(error)
      return undefined
    })
    const reason = lost ?? failure
    failure = undefined
    if (values !== undefined && reason === undefined) return values
    throw new Error(`webgpu: ${reason ?? 'the tensor could not be read'}`)
  }
}

interface Device {
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>
  addEventListener(
    type: 'uncapturederror',
    listener: (event: {
      readonly error: { readonly message: string }
      preventDefault(): void
    }) => void,
  ): void
}

function isDevice(value: unknown): value is Device {
  return (
    typeof value === 'object' && value !== null && 'lost' in value && 'addEventListener' in value
  )
}
