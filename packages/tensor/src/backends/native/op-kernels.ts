import type { NativeKernel } from './kernel.js'
import { activationKernels } from './ops/activations.js'
import { attentionKernels } from './ops/attention.js'
import { embeddingKernels } from './ops/embedding.js'
import { linearKernels } from './ops/linear.js'
import { lossKernels } from './ops/losses.js'
import { normKernels } from './ops/norms.js'
import { updateKernels } from './ops/updates.js'

/** The kernels of this package's ops, under the names the ops run them by. */
export const opKernels: Readonly<Record<string, NativeKernel>> = {
  ...activationKernels,
  ...attentionKernels,
  ...embeddingKernels,
  ...linearKernels,
  ...lossKernels,
  ...normKernels,
  ...updateKernels,
}
