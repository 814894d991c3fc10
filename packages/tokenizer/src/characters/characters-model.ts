import { charactersToJson } from '../hugging-face/write-characters.js'
import type { IdBuffer } from '../id-buffer.js'
import type { TokenModel } from '../model.js'
import { tokenTable } from '../token-table.js'

/** Everything that defines a tokenizer of characters: code points, special ones among them by name. */
export interface CharacterVocabulary {
  /** What each id stands for, in the order of the ids: one code point, or the name of a special token. */
  readonly names: readonly string[]
  readonly specialTokens: ReadonlyMap<string, number>
  /** The special token that stands for characters outside the vocabulary; without it they are an error. */
  readonly unknown: string | undefined
}

/** Characters as a `TokenModel`: one id per code point. */
export function charactersModel(vocabulary: CharacterVocabulary): TokenModel {
  const { names, specialTokens, unknown } = vocabulary
  const unknownId = unknown === undefined ? -1 : (specialTokens.get(unknown) as number)
  const utf8 = new TextEncoder()
  let ids: Int32Array | undefined

  function encode(text: string, out: IdBuffer, spans?: IdBuffer): void {
    ids ??= idsByCodePoint(vocabulary)
    out.reserve(text.length)
    for (let i = 0; i < text.length; i++) {
      const start = i
      let point = text.codePointAt(i) as number
      if (point > 0xffff) i++
      else if (point >= 0xd800 && point < 0xe000) point = 0xfffd
      const id = ids[point] ?? -1
      if (id < 0 && unknownId < 0) {
        throw new RangeError(
          `encode: expected characters of the vocabulary, got ${describe(point)}; train with { unknown: '<|unknown|>' } to allow others`,
        )
      }
      out.push(id < 0 ? unknownId : id)
      spans?.push(start)
      spans?.push(i + 1)
    }
  }

  return {
    kind: 'characters',
    tokens: tokenTable(names.map((name) => utf8.encode(name))),
    specialTokens,
    encode: (text, out) => encode(text, out),
    encodeSpans: (text, out, spans) => encode(text, out, spans),
    rules: () => ({ unknown: unknown ?? null }),
    toJSON: () => charactersToJson(vocabulary),
  }
}

/** The id of each code point up to the largest one known, -1 for those that have none. */
function idsByCodePoint({ names, specialTokens }: CharacterVocabulary): Int32Array {
  const special = new Set(specialTokens.values())
  const points = names.map((name, id) => (special.has(id) ? -1 : (name.codePointAt(0) as number)))
  const ids = new Int32Array(points.reduce((a, b) => Math.max(a, b), 0) + 1).fill(-1)
  points.forEach((point, id) => {
    if (point >= 0) ids[point] = id
  })
  return ids
}

function describe(point: number): string {
  const hex = point.toString(16).toUpperCase().padStart(4, '0')
  return `${JSON.stringify(String.fromCodePoint(point))} (U+${hex})`
}
