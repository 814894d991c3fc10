import { addedTokenCutter, type Origin, type Stretch } from './added-tokens/cut-added.js'
import { LEAVE } from './added-tokens/policy.js'
import type { IdBuffer } from './id-buffer.js'
import type {
  AddedToken,
  AlignedText,
  SectionOptions,
  TextNormalizer,
  TokenModel,
} from './model.js'
import { byteOffsets, type Places } from './places.js'
import type { Source } from './read-input.js'
import { utf8End } from './utf8.js'

/** Appends the ids of a text with its added tokens, and their places where they are asked for. */
export type EncodeSections = (
  source: Source,
  ids: IdBuffer,
  options: SectionOptions | undefined,
  places?: Places,
) => void

/**
 * Makes the function that cuts a text at added tokens and has the model encode the rest. Tokens that are not `normalized` are
 * found first, in the text as it is; the others behind the normalizer, in what is left.
 */
export function sectionEncoder(model: TokenModel, added: readonly AddedToken[]): EncodeSections {
  const { normalizer } = model
  const cut = addedTokenCutter(added, ({ normalized, content }) => (normalized ? '' : content))
  const cutNormalized = addedTokenCutter(added, ({ normalized, content }) =>
    normalized ? (normalizer?.apply(content) ?? content) : '',
  )

  return (source, ids, options, places) => {
    const { text, stretches, broken } = source
    const limit = options?.limit ?? Number.POSITIVE_INFINITY
    const offsets = broken && byteOffsets(text, broken)
    const behind = looksBehindNormalizer(added, stretches)

    for (const { id, start, end } of cut(text, stretches)) {
      if (id >= 0) token(id, start, end)
      else if (behind) cutAgain(start, end)
      else ordinary(start, end)
      if (ids.length > limit) return
    }

    function token(id: number, start: number, end: number): void {
      ids.push(id)
      places?.add(start, end)
    }

    function ordinary(start: number, end: number): void {
      const section = { ...options, first: start === 0 }
      const bytes = offsets && broken?.bytes.subarray(offsets[start], offsets[end])
      if (bytes === undefined || utf8End(bytes, 0) === bytes.length) {
        encode(text.slice(start, end), section, start, (a, b) => [start + a, start + b])
      } else {
        const from = ids.length
        model.encodeBytes?.(bytes, ids, section)
        places?.addByLength(start, ids, from, model.tokens)
      }
    }

    /** Added tokens that are found behind the normalizer, and the text between them. */
    function cutAgain(start: number, end: number): void {
      const part = text.slice(start, end)
      const changed = normalizer ? behindNormalizer(normalizer, part) : undefined
      const origin: Origin = (a, b) => {
        const [from, to] = changed ? changed.origin(a, b) : [a, b]
        return [start + from, start + to]
      }
      for (const { id, ...sub } of cutNormalized(changed?.text ?? part, stretches, origin)) {
        if (id >= 0) token(id, ...origin(sub.start, sub.end))
        else if (changed === undefined) ordinary(...origin(sub.start, sub.end))
        else {
          const first = start + sub.start === 0
          const between = changed.text.slice(sub.start, sub.end)
          encode(between, { ...options, first, normalized: true }, start, (a, b) =>
            origin(sub.start + a, sub.start + b),
          )
        }
      }
    }

    /** Encodes what starts at `start`; `origin` gives the place of a part of it in the whole text. */
    function encode(part: string, section: SectionOptions, start: number, origin: Origin): void {
      const from = ids.length
      if (places && model.encodeSpans) {
        const known = places.spans.length
        model.encodeSpans(part, ids, places.spans, section)
        places.move(known, origin)
      } else {
        model.encode(part, ids, section)
        places?.addByLength(start, ids, from, model.tokens)
      }
    }
  }
}

/** Whether a policy says anything about tokens that are found behind the normalizer. */
function looksBehindNormalizer(
  added: readonly AddedToken[],
  stretches: readonly Stretch[],
): boolean {
  return stretches.some(({ policy }) =>
    policy?.some((what, token) => what !== LEAVE && added[token]?.normalized),
  )
}

/** A text behind the normalizer; where it comes from is found out when it is asked for. */
function behindNormalizer(
  normalizer: TextNormalizer,
  part: string,
): { readonly text: string; readonly origin: Origin } {
  let aligned: AlignedText | undefined
  return {
    text: normalizer.apply(part),
    origin(a, b) {
      aligned ??= normalizer.align(part)
      const { starts, ends, text } = aligned
      if (b > a) return [starts[a] as number, ends[b - 1] as number]
      const at = a < text.length ? (starts[a] as number) : a === 0 ? 0 : (ends[a - 1] as number)
      return [at, at]
    },
  }
}
