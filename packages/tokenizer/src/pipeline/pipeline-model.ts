import { addedTokensJson } from '../hugging-face/format.js'
import type { Vocabulary } from '../hugging-face/read-vocabulary.js'
import type { IdBuffer } from '../id-buffer.js'
import type { AlignedText, SectionOptions, TokenModel } from '../model.js'
import { sourceEnd, sourceStart, unchanged } from './aligned-text.js'
import { cutAlignedText, cutText } from './cut-text.js'
import { type Decoder, decodingTables } from './decoder.js'
import type { ModelPart } from './model-part.js'
import type { Normalizer } from './normalizer.js'
import type { PreTokenizer } from './pre-tokenizer.js'
import { wellFormed } from './well-formed.js'

export interface Pipeline {
  readonly vocabulary: Vocabulary
  readonly normalizer: Normalizer | undefined
  readonly preTokenizer: PreTokenizer | undefined
  readonly model: ModelPart
  readonly decoder: Decoder | undefined
}

/**
 * A tokenizer in the parts that Hugging Face's tokenizers has: normalizer, pre-tokenizer, a model that sees one piece
 * at a time, decoder.
 */
export function pipelineModel(pipeline: Pipeline): TokenModel {
  const { vocabulary, normalizer, preTokenizer, model, decoder } = pipeline
  const { ids, specialTokens, addedTokens, unusedIds } = vocabulary
  const { pieces } = model
  const steps = preTokenizer?.steps ?? []
  const { tokens, decoding } = decodingTables(decoder, shownNames(vocabulary, normalizer))

  function encode(text: string, out: IdBuffer, options: SectionOptions = {}): void {
    const { first = true, normalized = false, limit = Number.POSITIVE_INFINITY, dropout } = options
    const normal = normalized ? text : normalizer ? normalizer.apply(text) : wellFormed(text)
    cutText(steps, normal, first, (piece) => {
      if (out.length <= limit) pieces.encode(piece, out, undefined, dropout)
    })
  }

  function encodeSpans(
    text: string,
    out: IdBuffer,
    spans: IdBuffer,
    options: SectionOptions = {},
  ): void {
    const { first = true, normalized = false, dropout } = options
    const normal =
      normalizer === undefined || normalized ? unchanged(wellFormed(text)) : normalizer.align(text)
    cutAlignedText(steps, normal, first, (piece) => {
      const from = spans.length
      pieces.encode(piece.text, out, spans, dropout)
      toSource(spans, from, piece)
    })
  }

  return {
    kind: model.kind,
    tokens,
    specialTokens,
    unusedIds,
    ...(normalizer === undefined ? {} : { normalizer }),
    ...(decoding === undefined ? {} : { decoding }),
    hasDropout: model.hasDropout ?? false,
    encode,
    encodeSpans,
    idOf: (name) => ids.get(name),
    rules: () => ({
      normalizer: normalizer?.json ?? null,
      preTokenizer: preTokenizer?.json ?? null,
      model: model.json(),
    }),
    toJSON: () => ({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokensJson(addedTokens),
      normalizer: normalizer?.json ?? null,
      pre_tokenizer: preTokenizer?.json ?? null,
      post_processor: null,
      decoder: decoder?.json ?? null,
      model: model.json(),
    }),
  }
}

/** What ids stand for in decoding: an added token that is normalized, for its normalized form. */
function shownNames(
  { names, addedTokens }: Vocabulary,
  normalizer: Normalizer | undefined,
): readonly (string | undefined)[] {
  if (normalizer === undefined) return names
  const shown = [...names]
  for (const { id, content, normalized } of addedTokens) {
    if (normalized) shown[id] = normalizer.apply(content)
  }
  return shown
}

/** Spans in a piece to spans in the text that it comes from. */
function toSource(spans: IdBuffer, from: number, piece: AlignedText): void {
  const { array } = spans
  for (let i = from; i < spans.length; i += 2) {
    const start = array[i] as number
    const end = array[i + 1] as number
    array[i] = sourceStart(piece, start)
    array[i + 1] = sourceEnd(piece, start, end)
  }
}
