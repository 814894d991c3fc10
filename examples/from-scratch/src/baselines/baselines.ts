import { gzipSync } from 'node:zlib'
import { bitsOf, fitByteModel } from './byte-model.js'
import { xzSize } from './xz.js'

/** How many bits something needs for the validation text. */
export interface Baseline {
  readonly name: string
  readonly description: string
  /** Bits for each byte of text; undefined when it could not be measured, and `note` says why. */
  readonly bitsPerByte: number | undefined
  readonly note?: string
}

/**
 * What simple models and two compressors need for the validation text. All of them, as the language model, also have
 * to tell where each document ends; the bits are divided by the bytes of text alone.
 *
 * @param training fits the models of characters; the compressors see the validation text only.
 */
export async function baselines(
  training: Iterable<string> | AsyncIterable<string>,
  validation: readonly string[],
): Promise<Baseline[]> {
  const bytes = validation.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const model = await fitByteModel(training, 2)
  const orders = [0, 1, 2].map((order) => {
    const bits = validation.reduce((sum, text) => sum + bitsOf(model, text, order), 0)
    return {
      name: `characters, order ${order}`,
      description: `how often a byte follows the ${order} before it, counted on the training text`,
      bitsPerByte: bits / bytes,
    }
  })
  const joined = Buffer.from(validation.map((text) => `${text}\0`).join(''), 'utf8')
  const gzip = {
    name: 'gzip -9',
    description: 'the validation text compressed, each document ended by one byte',
    bitsPerByte: (8 * gzipSync(joined, { level: 9 }).length) / bytes,
  }
  return [...orders, gzip, await xzBaseline(joined, bytes)]
}

async function xzBaseline(joined: Buffer, bytes: number): Promise<Baseline> {
  const named = { name: 'xz -9', description: 'the same text compressed by liblzma at preset 9' }
  try {
    return { ...named, bitsPerByte: (8 * (await xzSize(joined))) / bytes }
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error)
    return { ...named, bitsPerByte: undefined, note }
  }
}
