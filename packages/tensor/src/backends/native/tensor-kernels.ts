import { productOptions } from '@llm/kernels'
import type { PreparedCall } from '../../capture/bound.js'
import { tf } from '../../tf.js'
import { type Call, type NativeKernel, prepared } from './kernel.js'
import { none } from './ops/sizes.js'

/**
 * The kernels of TensorFlow.js's own ops that a training step uses, for float32; each leaves the cases it does not
 * know to the CPU kernel.
 */
export const tensorKernels: Readonly<Record<string, NativeKernel>> = {
  [tf.Add]: binary(0),
  [tf.Sub]: binary(1),
  [tf.Multiply]: binary(2),
  [tf.RealDiv]: binary(3),
  [tf.BatchMatMul]: batchMatMul,
  [tf.Sum]: sum,
  [tf.SplitV]: split,
  [tf.Concat]: concat,
  [tf.Slice]: slice,
  [tf.PadV2]: pad,
  [tf.ZerosLike]: zerosLike,
}

function binary(operation: number): NativeKernel {
  return ({ kernels, backend, inputs }) => {
    const [a, b] = [inputs.get('a'), inputs.get('b')]
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !repeats(a.shape, b.shape))
      return undefined
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
    const out = backend.output(shape)
    return prepared(
      out.info,
      kernels.binary,
      operation,
      backend.floats(a),
      backend.floats(b),
      out.values,
    )
  }
}

/** Whether broadcasting means repeating one operand as a whole: its shape is the end of the other's, but for ones. */
function repeats(a: number[], b: number[]): boolean {
  const [long, short] = tf.util.sizeFromShape(a) >= tf.util.sizeFromShape(b) ? [a, b] : [b, a]
  const first = short.findIndex((size) => size !== 1)
  if (first === -1) return tf.util.sizeFromShape(long) > 0 && short.length <= long.length
  const end = short.slice(first)
  return (
    short.length <= long.length &&
    end.every((size, i) => size === long[long.length - end.length + i])
  )
}

function batchMatMul({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const [a, b] = [inputs.get('a'), inputs.get('b')]
  const [ra, rb] = [a.shape.length, b.shape.length]
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
  const [countA, countB] = [tf.util.sizeFromShape(batchA), tf.util.sizeFromShape(batchB)]
  const same = tf.util.arraysEqual(batchA, batchB)
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined
  if (!same && countA !== 1 && countB !== 1) return undefined
  const [transposeA, transposeB] = [
    attributes.boolean('transposeA'),
    attributes.boolean('transposeB'),
  ]
  const m = a.shape[transposeA ? ra - 1 : ra - 2] ?? 1
  const k = a.shape[transposeA ? ra - 2 : ra - 1] ?? 1
  const n = b.shape[transposeB ? rb - 2 : rb - 1] ?? 1
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB)
  const count = tf.util.sizeFromShape(batch)
  const out = backend.output([...batch, m, n])
  const options =
    (transposeA ? productOptions.transposeA : 0) +
    (transposeB ? productOptions.transposeB : 0) +
    (countA === 1 ? productOptions.sharedA : 0) +
    (countB === 1 ? productOptions.sharedB : 0)
  const [aValues, bValues] = [backend.floats(a), backend.floats(b)]
  return prepared(
    out.info,
    kernels.product,
    aValues,
    bValues,
    none,
    out.values,
    count,
    m,
    n,
    k,
    options,
  )
}

function sum({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const x = inputs.get('x')
  if (x.dtype !== 'float32') return undefined
  const axes = tf.util.parseAxisParam(attributes.numbers('axis'), x.shape)
  const rank = x.shape.length
  const atEnd = axes.every((axis, i) => axis === rank - axes.length + i)
  const atStart = axes.every((axis, i) => axis === i)
  if (axes.length === 0 || !(atEnd || atStart)) return undefined
  const shape = attributes.boolean('keepDims')
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis))
  const reduced = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1)
  const out = backend.output(shape)
  const values = backend.floats(x)
  const run = (): void => {
    if (atEnd && out.values.length === 1) out.values[0] = kernels.sumAll(values)
    else if (atEnd) kernels.sumRows(values, out.values, reduced)
    else kernels.sumColumns(values, out.values, reduced)
  }
  return { outputs: out.info, run }
}

function split({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const x = inputs.get('x')
  if (x.dtype !== 'float32') return undefined
  const [axis = 0] = tf.util.parseAxisParam(attributes.number('axis'), x.shape)
  const sizes = tf.backend_util.prepareSplitSize(x, attributes.numbers('numOrSizeSplits'), axis)
  const values = backend.floats(x)
  const [rows, width, inner] = around(x.shape, axis)
  const outs = sizes.map((size) => {
    return backend.output(x.shape.map((all, i) => (i === axis ? size : all)))
  })
  const run = (): void => {
    let start = 0
    for (const [i, size] of sizes.entries()) {
      const length = size * inner
      const target = outs[i]?.values ?? none
      kernels.copyRows(values, start, width, target, 0, length, rows, length)
      start += length
    }
  }
  return { outputs: outs.map(({ info }) => info), run }
}

function concat({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const parts = inputs.all()
  const [first] = parts
  if (first === undefined || parts.some((part) => part.dtype !== 'float32')) return undefined
  const [axis = 0] = tf.util.parseAxisParam(attributes.number('axis'), first.shape)
  const shape = tf.backend_util.computeOutShape(
    parts.map((part) => part.shape),
    axis,
  )
  const out = backend.output(shape)
  const [rows, width] = around(shape, axis)
  const copies = parts.map((part) => {
    return { values: backend.floats(part), length: around(part.shape, axis)[1] }
  })
  const run = (): void => {
    let start = 0
    for (const { values, length } of copies) {
      kernels.copyRows(values, 0, length, out.values, start, width, rows, length)
      start += length
    }
  }
  return { outputs: out.info, run }
}

function slice({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const x = inputs.get('x')
  if (x.dtype !== 'float32') return undefined
  const [begin = [], size = []] = tf.slice_util.parseSliceParams(
    x,
    attributes.numbers('begin'),
    attributes.numbers('size'),
  )
  tf.slice_util.assertParamsValid(x, begin, size)
  const cut = x.shape.flatMap((all, axis) => (size[axis] === all ? [] : [axis]))
  const [axis = 0] = cut
  if (cut.length > 1 || x.shape.length === 0) return undefined
  const [rows, width, inner] = around(x.shape, axis)
  const out = backend.output(size)
  const length = (size[axis] ?? 0) * inner
  const start = (begin[axis] ?? 0) * inner
  const values = backend.floats(x)
  return prepared(
    out.info,
    kernels.copyRows,
    values,
    start,
    width,
    out.values,
    0,
    length,
    rows,
    length,
  )
}

function pad({ kernels, backend, inputs, attributes }: Call): PreparedCall | undefined {
  const x = inputs.get('x')
  const pairs = attributes.pairs('paddings')
  if (x.dtype !== 'float32' || pairs === undefined || x.shape.length === 0) return undefined
  const grown = pairs.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []))
  const [axis = 0] = grown
  if (grown.length > 1) return undefined
  const [before, after] = pairs[axis] ?? [0, 0]
  const out = backend.output(x.shape.map((size, i) => size + (i === axis ? before + after : 0)))
  const [values, constant] = [backend.floats(x), attributes.number('constantValue')]
  const [rows, length, inner] = around(x.shape, axis)
  const width = length + (before + after) * inner
  const run = (): void => {
    if (grown.length > 0) out.values.fill(constant)
    kernels.copyRows(values, 0, length, out.values, before * inner, width, rows, length)
  }
  return { outputs: out.info, run }
}

function zerosLike({ backend, inputs }: Call): PreparedCall | undefined {
  const x = inputs.get('x')
  if (x.dtype !== 'float32') return undefined
  const out = backend.output(x.shape)
  return { outputs: out.info, run: () => out.values.fill(0) }
}

/** A shape as rows of `width` elements, `inner` of them to each step along the axis. */
function around(shape: number[], axis: number): [rows: number, width: number, inner: number] {
  const inner = tf.util.sizeFromShape(shape.slice(axis + 1))
  return [tf.util.sizeFromShape(shape.slice(0, axis)), (shape[axis] ?? 0) * inner, inner]
}
