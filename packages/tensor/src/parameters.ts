import type { tf } from './tf.js'

/** A model's weights: a flat record of named variables, such as `h.0.attn.c_attn.weight`. */
export type Parameters = Record<string, tf.Variable>
