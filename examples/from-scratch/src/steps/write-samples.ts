import type { Document } from '@llm/data'
import { type Gpt2Config, generate, type Model } from '@llm/model'
import type { Parameters } from '@llm/tensor'
import type { Tokenizer } from '@llm/tokenizer'
import type { Sample } from '../summary.js'
import { endOf } from './tokens.js'

export interface SampleOptions {
  readonly seed: number
  /** Tokens of each continuation. */
  readonly maxTokens: number
  readonly signal: AbortSignal
}

/** What the model writes after the first words of documents it has not seen. */
export async function writeSamples(
  model: Model<Gpt2Config>,
  params: Parameters,
  tokenizer: Tokenizer,
  documents: readonly Document[],
  { seed, maxTokens, signal }: SampleOptions,
): Promise<Sample[]> {
  const samples: Sample[] = []
  const end = endOf(tokenizer)
  for (const [index, document] of documents.entries()) {
    const prompt = beginning(document.text)
    const options = { maxTokens, temperature: 0.8, topK: 40, seed: seed + index, stop: [end] }
    const decoder = tokenizer.decoder()
    let text = ''
    // Documents follow their predecessor's end mark in training, so the prompt does too.
    for await (const id of generate(model, params, [end, ...tokenizer.encode(prompt)], options)) {
      signal.throwIfAborted()
      text += decoder.push(id)
    }
    samples.push({ prompt, text: text + decoder.end() })
  }
  return samples
}

/** The first six words. */
function beginning(text: string): string {
  return text.trimStart().slice(0, 500).split(/\s+/).slice(0, 6).join(' ').slice(0, 60)
}
