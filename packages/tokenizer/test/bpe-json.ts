import type { BpeModelJson } from '../src/hugging-face/format.js'
import type { Tokenizer } from '../src/index.js'

/** The model of a tokenizer that is known to be BPE, as its file has it. */
export function bpeJson(tokenizer: Tokenizer): BpeModelJson {
  const { model } = tokenizer.toJSON()
  if (model.type !== 'BPE') throw new Error(`expected BPE, got ${model.type}`)
  return model
}
