// The umbrella package registers every gradient and the chained methods (x.add(y)) on the one tfjs-core instance;
// tfjs-core alone has neither.
import '@tensorflow/tfjs'

/**
 * TensorFlow.js, the one instance every package of this repository uses. Import it from here: a second copy
 * has its own engine in which this package's backends and gradients do not exist.
 */
export * as tf from '@tensorflow/tfjs-core'
