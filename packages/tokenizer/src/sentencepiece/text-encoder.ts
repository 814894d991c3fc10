import type { IdBuffer } from '../id-buffer.js'
import type { SectionOptions } from '../model.js'
import { widthAt } from '../unigram/viterbi.js'
import {
  bytePiece,
  isFromText,
  type SentencePieceFile,
  SPACE_MARK_UNIT,
  unknownIdOf,
} from './model-file.js'
import { NormalizedText } from './normalized-text.js'
import type { Settings } from './read-file.js'
import { type Segmenter, segmenter } from './segmenter.js'
import { bordersOf, lastBorder, wordEnd } from './word-borders.js'
import { endOfWord } from './word-segmenter.js'

/** Appends the ids of a text and, where `spans` is given, the start and end of each in the text. */
export type EncodeText = (
  text: string,
  out: IdBuffer,
  spans?: IdBuffer,
  options?: SectionOptions,
) => void

/** Normalizes a text, cuts it into words where no piece crosses, and those into pieces. */
export function textEncoder(file: SentencePieceFile, settings: Settings): EncodeText {
  const { type, byteFallback, escapeSpaces } = settings
  const { pieces } = file
  const unknownId = unknownIdOf(file)
  const lengths = Int32Array.from(pieces, ({ text }) => text.length)
  const byteIds = byteFallback ? idsOfBytes(file) : undefined
  const space = escapeSpaces ? SPACE_MARK_UNIT : 0x20
  const texts = pieces.filter(({ type }) => isFromText(type)).map(({ text }) => text)
  const unused = pieces.some(({ type }) => type === 'unused')
  // How BPE takes an unused piece apart depends on the whole text. Words are cut at each space mark.
  const borders =
    type === 'word' ? 'before' : type === 'bpe' && unused ? 'none' : bordersOf(texts, space)
  const characters = new TextEncoder()
  const symbols = pieces.filter(({ type }) => type === 'user-defined').map(({ text }) => text)
  let shown: NormalizedText | undefined
  let words: Segmenter | undefined

  return function encode(text, out, spans, options) {
    shown ??= new NormalizedText(settings, symbols)
    words ??= segmenter(file, type)
    const limit = options?.limit ?? Number.POSITIVE_INFINITY
    let afterUnknown = false
    words.open()
    shown.open(text, spans !== undefined)
    let stop: number
    do {
      const { units, end, last, origins } = shown
      stop = last ? end : lastBorder(units, end, borders, space)
      for (let at = 0; at < stop && out.length <= limit; ) {
        const to = wordEnd(units, at, stop, borders, space)
        words.run(units, at, to, options?.dropout)
        const { ids, first, count } = words
        out.reserve(count)
        for (let k = first; k < first + count; k++) {
          const id = ids[k] as number
          const from = at
          if (id !== unknownId) {
            at += lengths[id] as number
            out.push(id)
            afterUnknown = false
          } else {
            at = type === 'word' ? endOfWord(units, at, to) : at + widthAt(units, at, to)
            if (byteIds !== undefined) {
              const bytes = characters.encode(textOf(units, from, at))
              for (let i = 0; i < bytes.length; i++) {
                out.push(byteIds[bytes[i] as number] as number)
                if (i > 0) pushSpan(spans, origins[from] as number, origins[at] as number)
              }
            } else if (afterUnknown) {
              // Unknown pieces in a row are one.
              if (spans !== undefined) spans.array[spans.length - 1] = origins[at] as number
              continue
            } else {
              out.push(id)
              afterUnknown = true
            }
          }
          pushSpan(spans, origins[from] as number, origins[at] as number)
        }
      }
    } while (out.length <= limit && shown.advance(stop))
  }
}

function textOf(units: Uint16Array, from: number, to: number): string {
  let text = ''
  // Arguments of a call must fit the stack.
  for (let at = from; at < to; at += 4096) {
    text += String.fromCharCode(...units.subarray(at, Math.min(to, at + 4096)))
  }
  return text
}

function pushSpan(spans: IdBuffer | undefined, start: number, end: number): void {
  spans?.push(start)
  spans?.push(end)
}

/** The id of each byte's piece. */
function idsOfBytes({ pieces }: SentencePieceFile): Int32Array {
  const ids = new Map(pieces.flatMap(({ text, type }, id) => (type === 'byte' ? [[text, id]] : [])))
  return Int32Array.from({ length: 256 }, (_, byte) => ids.get(bytePiece(byte)) as number)
}
