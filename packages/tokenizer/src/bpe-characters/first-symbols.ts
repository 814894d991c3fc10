import type { IdBuffer } from '../id-buffer.js'
import { bytePiece } from '../sentencepiece/model-file.js'
import type { CharacterVocabulary } from './vocabulary.js'

/**
 * Appends the ids that a piece starts from, before any merge, and to `spans`, where it is given, the start and end of each
 * in UTF-16 units. A lone surrogate counts as U+FFFD.
 */
export type FirstSymbols = (piece: string, out: IdBuffer, spans?: IdBuffer) => void

/** Makes that function: characters with their marks; what is none of them as bytes, as unknown, or an error. */
export function firstSymbols(vocabulary: CharacterVocabulary): FirstSymbols {
  const { prefix, suffix, unknown, fuseUnknown } = vocabulary
  const find = characterFinder(vocabulary)
  const bytesToIds = vocabulary.byteFallback ? byteTokens(vocabulary.ids) : undefined
  const utf8 = new TextEncoder()

  return (piece, out, spans) => {
    let unknownStart = -1
    let unknownEnd = -1
    for (let i = 0; i < piece.length; ) {
      let point = piece.codePointAt(i) as number
      const end = i + (point > 0xffff ? 2 : 1)
      if (point >= 0xd800 && point < 0xe000) point = 0xfffd
      const first = i === 0
      const last = end === piece.length
      const id = find(point, first, last)
      if (id >= 0) {
        endUnknown()
        push(id, i, end)
      } else if (!pushBytes(marked(point, first, last), i, end)) {
        if (unknown === undefined) throw unknownCharacter(point)
        if (!fuseUnknown) endUnknown()
        if (unknownStart < 0) unknownStart = i
        unknownEnd = end
      }
      i = end
    }
    endUnknown()

    // As in Hugging Face's tokenizers, bytes do not end a row of unknown characters: they come before it.
    function endUnknown(): void {
      if (unknownStart >= 0 && unknown !== undefined) push(unknown, unknownStart, unknownEnd)
      unknownStart = -1
    }

    function push(id: number, start: number, end: number): void {
      out.push(id)
      spans?.push(start)
      spans?.push(end)
    }

    function pushBytes(symbol: string, start: number, end: number): boolean {
      if (bytesToIds === undefined) return false
      const bytes = utf8.encode(symbol)
      if (bytes.some((byte) => (bytesToIds[byte] as number) < 0)) return false
      for (const byte of bytes) push(bytesToIds[byte] as number, start, end)
      return true
    }
  }

  function marked(point: number, first: boolean, last: boolean): string {
    return (first ? '' : prefix) + String.fromCodePoint(point) + (last ? suffix : '')
  }
}

/** The id of a character at the start, inside or at the end of a piece; -1 for none. */
function characterFinder({
  ids,
  prefix,
  suffix,
}: CharacterVocabulary): (point: number, first: boolean, last: boolean) => number {
  // Four tables: with or without each mark. Characters beyond the basic plane are few, and are kept in maps.
  const near = Array.from({ length: 4 }, () => new Int32Array(0))
  const far = Array.from({ length: 4 }, () => new Map<number, number>())
  const marks = [
    ['', ''],
    [prefix, ''],
    ['', suffix],
    [prefix, suffix],
  ] as const
  for (const [name, id] of ids) {
    marks.forEach(([before, after], kind) => {
      if (name.length > before.length + after.length + 2) return
      if (!name.startsWith(before) || !name.endsWith(after)) return
      const character = name.slice(before.length, name.length - after.length)
      const point = character.codePointAt(0)
      if (point === undefined || character.length !== (point > 0xffff ? 2 : 1)) return
      if (point > 0xffff) far[kind]!.set(point, id)
      else {
        if (near[kind]!.length === 0) near[kind] = new Int32Array(0x10000).fill(-1)
        near[kind]![point] = id
      }
    })
  }
  const hasPrefix = prefix === '' ? 0 : 1
  const hasSuffix = suffix === '' ? 0 : 2
  return (point, first, last) => {
    const kind = (first ? 0 : hasPrefix) | (last ? hasSuffix : 0)
    if (point > 0xffff) return far[kind]!.get(point) ?? -1
    return near[kind]![point] ?? -1
  }
}

/** The ids of `<0x00>` to `<0xFF>`, -1 for one that is missing. */
function byteTokens(ids: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => ids.get(bytePiece(byte)) ?? -1)
}

function unknownCharacter(point: number): RangeError {
  const hex = point.toString(16).toUpperCase().padStart(4, '0')
  return new RangeError(
    `encode: expected characters of the vocabulary, got ${JSON.stringify(String.fromCodePoint(point))} (U+${hex}); a tokenizer with byte fallback or an unknown token takes any`,
  )
}
