import type { Candidate } from './candidate.js'

/** TensorFlow.js's own kernels in plain JavaScript: slow, everywhere. Registered by the umbrella package. */
export const cpu: Candidate = {
  name: 'cpu',
  device: 'CPU, JavaScript',
  start: async () => "TensorFlow.js's JavaScript kernels",
}
