import type { AlignedText, TokenModel } from '../model.js'
import { Places } from '../places.js'
import { compose, sourceEnd, sourceStart, unchanged } from './aligned-text.js'
import type { Normalizer } from './normalizer.js'
import { prepend } from './normalizers/prepend.js'

/** A model behind a normalizer, and behind a space at the start of what has none: byte-level BPE as RoBERTa and Qwen have it. */
export function normalizedModel(
  model: TokenModel,
  normalizer: Normalizer | undefined,
  addPrefixSpace: boolean,
): TokenModel {
  if (normalizer === undefined && !addPrefixSpace) return model
  const { encodeBytes: _, ...rest } = model
  const space = prepend(' ')
  const needsSpace = (text: string): boolean => addPrefixSpace && !text.startsWith(' ')

  function align(text: string, isNormal: boolean): AlignedText {
    const normal = normalizer === undefined || isNormal ? unchanged(text) : normalizer.align(text)
    return needsSpace(normal.text) ? compose(normal, space.align(normal.text)) : normal
  }

  return {
    ...rest,
    ...(normalizer === undefined ? {} : { normalizer }),
    encode(text, out, options) {
      const normal = normalizer === undefined || options?.normalized ? text : normalizer.apply(text)
      model.encode(needsSpace(normal) ? space.apply(normal) : normal, out, options)
    },
    encodeSpans(text, out, spans, options) {
      const aligned = align(text, options?.normalized ?? false)
      const from = out.length
      model.encode(aligned.text, out, options)
      const places = new Places({ text: aligned.text, stretches: [], lossy: false }, 'utf16')
      places.addByLength(0, out, from, model.tokens)
      const { array, length } = places.spans
      for (let i = 0; i < length; i += 2) {
        const [start, end] = [array[i] as number, array[i + 1] as number]
        spans.push(sourceStart(aligned, start))
        spans.push(sourceEnd(aligned, start, end))
      }
    },
    rules: () => ({
      model: model.rules(),
      normalizer: normalizer?.json ?? null,
      addPrefixSpace,
    }),
  }
}
