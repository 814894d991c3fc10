import type { Parameters, tf } from '@llm/tensor'
import type { Updates } from './types.js'

/** What belongs to one parameter in an update of lists. */
export interface Entry {
  readonly name: string
  readonly parameter: tf.Variable
  readonly gradient: tf.Tensor
}

/** The gradients with their parameters. @throws RangeError when there is no parameter of a gradient's name. */
export function entriesOf(optimizer: string, params: Parameters, gradients: Updates): Entry[] {
  return Object.entries(gradients).map(([name, gradient]) => {
    const parameter = params[name]
    if (parameter === undefined) throw new RangeError(message(optimizer, name))
    return { name, parameter, gradient }
  })
}

/** What a record has of that name. @throws RangeError when it has nothing. */
export function of<T>(optimizer: string, record: Readonly<Record<string, T>>, name: string): T {
  const value = record[name]
  if (value === undefined) throw new RangeError(message(optimizer, name))
  return value
}

function message(optimizer: string, name: string): string {
  return `${optimizer}: expected gradients of the parameters given to init, got one named ${JSON.stringify(name)}`
}
