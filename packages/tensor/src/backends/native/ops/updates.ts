import type { PreparedCall } from '../../../capture/bound.js'
import { type Call, type NativeKernel, prepared } from '../kernel.js'

export const updateKernels: Readonly<Record<string, NativeKernel>> = {
  LlmAddScaled: addScaled,
  LlmAdamMoments: adamMoments,
  LlmGlobalNorm: globalNorm,
  LlmAdamW: adamW,
  LlmAdafactor: adafactor,
}

function addScaled({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [x, y] = [inputs.get('x'), inputs.get('y')]
  const out = backend.output(x.shape)
  return prepared(
    [out.info],
    kernels.addScaled,
    backend.floats(x),
    backend.floats(y),
    attributes.number('a'),
    out.values,
  )
}

function adamMoments({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const gradient = inputs.get('gradient')
  const [update, m, v] = [
    backend.output(gradient.shape),
    backend.output(gradient.shape),
    backend.output(gradient.shape),
  ]
  return prepared(
    [update.info, m.info, v.info],
    kernels.adamMoments,
    backend.floats(gradient),
    backend.floats(inputs.get('m')),
    backend.floats(inputs.get('v')),
    update.values,
    m.values,
    v.values,
    attributes.number('beta1'),
    attributes.number('beta2'),
    attributes.number('epsilon'),
    attributes.number('correction1'),
    attributes.number('correction2'),
  )
}

function globalNorm({ kernels, backend, inputs }: Call): PreparedCall {
  const norm = backend.output([])
  const arrays = inputs.all().map((x) => backend.floats(x))
  return {
    outputs: [norm.info],
    run: () => {
      norm.values[0] = kernels.globalNorm(arrays)
    },
  }
}

/** The inputs are the parameters, as many gradients, then m and v of each, and perhaps the factor of the gradients. */
function adamW({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const decays = Float64Array.from(attributes.list('decays'))
  const arrays = inputs.all().map((x) => backend.floats(x))
  const n = decays.length
  const moments = arrays.slice(2 * n, 4 * n)
  const scale = arrays[4 * n]
  const run = (): void => {
    kernels.adamW(
      arrays.slice(0, n),
      arrays.slice(n, 2 * n),
      moments.filter((_, i) => i % 2 === 0),
      moments.filter((_, i) => i % 2 === 1),
      decays,
      attributes.number('learningRate'),
      attributes.number('beta1'),
      attributes.number('beta2'),
      attributes.number('epsilon'),
      attributes.number('correction1'),
      attributes.number('correction2'),
      scale?.[0] ?? attributes.number('gradientScale'),
    )
  }
  return { outputs: [], run }
}

/** As adamW; of each parameter there are the second moments, factored where its width is above 0, and perhaps the first. */
function adafactor({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [decays, widths] = [attributes.list('decays'), attributes.list('widths')]
  const arrays = inputs.all().map((x) => backend.floats(x))
  const n = decays.length
  const [rows, columns, first]: Float32Array[][] = [[], [], []]
  let next = 2 * n
  const take = (): Float32Array => arrays[next++] ?? none
  for (const width of widths) {
    rows?.push(take())
    columns?.push(width > 0 ? take() : none)
    if (attributes.boolean('first')) first?.push(take())
  }
  const scale = arrays[next]
  const run = (): void => {
    kernels.adafactor(
      arrays.slice(0, n),
      arrays.slice(n, 2 * n),
      rows ?? [],
      columns ?? [],
      first ?? [],
      Float64Array.from(widths),
      Float64Array.from(decays),
      attributes.number('learningRate'),
      attributes.number('beta1'),
      attributes.number('beta2'),
      attributes.number('epsilon'),
      attributes.number('leastSize'),
      attributes.number('clip'),
      scale?.[0] ?? attributes.number('gradientScale'),
    )
  }
  return { outputs: [], run }
}

const none = new Float32Array(0)
