import type { PreparedCall } from '../../../capture/bound.js'
import type { Call, NativeKernel } from '../kernel.js'
import { at, last, none, rowsOf } from './sizes.js'

export const lossKernels: Readonly<Record<string, NativeKernel>> = {
  LlmCrossEntropy: crossEntropy,
  LlmCrossEntropyGrad: crossEntropyGrad,
  LlmLinearCrossEntropy: linearCrossEntropy,
  LlmLinearCrossEntropyGrad: linearCrossEntropyGrad,
}

function crossEntropy({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const logits = inputs.get('logits')
  const logSumExp = backend.output([rowsOf(logits)])
  const [loss, count] = [backend.output([]), backend.output([])]
  const [values, targets] = [backend.floats(logits), backend.integers(inputs.get('targets'))]
  const [ignoreIndex, zLoss] = [attributes.number('ignoreIndex'), attributes.number('zLoss')]
  const result = new Float32Array(2)
  return {
    outputs: [loss.info, logSumExp.info, count.info],
    run: () => {
      kernels.crossEntropy(values, targets, ignoreIndex, zLoss, logSumExp.values, result)
      loss.values[0] = result[0] ?? 0
      count.values[0] = result[1] ?? 0
    },
  }
}

function crossEntropyGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const logits = inputs.get('logits')
  const dLogits = backend.output(logits.shape)
  const [dy, count] = [backend.floats(inputs.get('dy')), backend.floats(inputs.get('count'))]
  const [values, targets] = [backend.floats(logits), backend.integers(inputs.get('targets'))]
  const [ignoreIndex, zLoss] = [attributes.number('ignoreIndex'), attributes.number('zLoss')]
  const logSumExp = backend.floats(inputs.get('logSumExp'))
  return {
    outputs: [dLogits.info],
    run: () => {
      const factor = (dy[0] ?? 0) / Math.max(count[0] ?? 0, 1)
      kernels.crossEntropyGrad(
        values,
        targets,
        ignoreIndex,
        zLoss,
        logSumExp,
        factor,
        dLogits.values,
      )
    },
  }
}

function linearCrossEntropy({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [x, weight] = [inputs.get('x'), inputs.get('weight')]
  const gradients = attributes.boolean('gradients')
    ? [backend.output(x.shape), backend.output(weight.shape)]
    : []
  const loss = backend.output([])
  const call: Parameters<typeof kernels.linearCrossEntropy> = [
    backend.floats(x),
    backend.floats(weight),
    backend.integers(inputs.get('targets')),
    last(x),
    at(weight, 0),
    attributes.number('ignoreIndex'),
    attributes.number('zLoss'),
    attributes.number('scale'),
    attributes.boolean('bfloat16'),
    gradients[0]?.values ?? none,
    gradients[1]?.values ?? none,
  ]
  return {
    outputs: [loss.info, ...gradients.map(({ info }) => info)],
    run: () => {
      loss.values[0] = kernels.linearCrossEntropy(...call)
    },
  }
}

function linearCrossEntropyGrad({ kernels, backend, inputs }: Call): PreparedCall {
  const factor = inputs.get('dy')
  const dy = backend.floats(factor)
  const runs: (() => void)[] = []
  const outputs = [inputs.get('dx'), inputs.get('dWeight')].map((gradient) => {
    const values = backend.floats(gradient)
    if (dy[0] === 1 || values.length === 0) {
      backend.incRef(gradient.dataId)
      return { ...gradient }
    }
    const scaled = backend.output(gradient.shape)
    runs.push(() => kernels.binary(MULTIPLY, values, dy, scaled.values))
    return scaled.info
  })
  const run = (): void => {
    for (const scale of runs) scale()
  }
  return { outputs, run, decidedBy: [factor] }
}

const MULTIPLY = 2
