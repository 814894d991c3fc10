import { tf } from '../tf.js'
import { hold } from './hold.js'
import { Recording } from './recording.js'

let current: Recording | undefined

/**
 * Runs f and records the kernels it runs. What cannot be seen in kernels alone is an obstacle to a replay: reading numbers back,
 * random numbers, writing in place.
 */
export function record(
  f: (...inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): { results: tf.Tensor[]; recording: Recording } {
  const engine = tf.engine()
  const { runKernel, readSync, read } = engine
  const { random } = Math
  const runIt = runKernel.bind(engine)
  const recording = new Recording(inputs)
  // Within a kernel's call the engine copies what a gradient needs, its outputs among them: these come after it.
  let within: (() => void)[] | undefined
  engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
    name: string,
    given: tf.NamedTensorMap,
    attrs?: tf.NamedAttrMap,
  ): T => {
    const outer = within
    const inner: (() => void)[] = []
    within = inner
    let made: T
    try {
      made = runIt<T>(name, given, attrs)
    } finally {
      within = outer
    }
    const outputs: tf.Tensor | tf.Tensor[] = made
    const all = [() => recording.addKernel(name, given, attrs, [outputs].flat()), ...inner]
    if (outer) outer.push(...all)
    else for (const add of all) add()
    return made
  }
  engine.readSync = (dataId) => {
    forbid('it reads numbers of a tensor')
    return readSync.call(engine, dataId)
  }
  engine.read = (dataId) => {
    forbid('it reads numbers of a tensor')
    return read.call(engine, dataId)
  }
  Math.random = () => {
    forbid('it uses Math.random')
    return random()
  }
  current = recording
  try {
    const results = f(...inputs)
    recording.end(results)
    return { results, recording }
  } catch (error) {
    recording.dispose()
    throw error
  } finally {
    current = undefined
    Object.assign(engine, { runKernel, readSync, read })
    Math.random = random
  }
}

/** Whether kernels are being recorded. */
export function isCapturing(): boolean {
  return current !== undefined
}

/** Says why what runs now must run itself each time. */
export function forbid(why: string): void {
  if (current) current.obstacle ??= why
}

/** Runs look on the data of x, now and in each replay. */
export function look(x: tf.Tensor, f: (dataId: tf.DataId) => void): void {
  f(x.dataId)
  current?.addLook(x, f)
}

/** Another tensor of the same data, kept until it is disposed of. */
export function alias(x: tf.Tensor): tf.Tensor {
  const other = hold(x)
  current?.addAlias(x, other)
  return other
}
