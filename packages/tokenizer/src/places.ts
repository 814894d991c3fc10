import { IdBuffer } from './id-buffer.js'
import type { BrokenUtf8, Source } from './read-input.js'
import type { TokenTable } from './token-table.js'
import type { OffsetEncoding } from './types.js'
import { isPair, utf8Length } from './utf8.js'

/** Collects the places of ids in a text, in UTF-16 units or bytes. */
export class Places {
  /** Start and end of each id in turn, in UTF-16 units or bytes. */
  readonly spans: IdBuffer = new IdBuffer()
  readonly #text: string
  /** Bytes before each UTF-16 unit, where bytes are asked for. */
  readonly #bytes: Uint32Array | undefined

  constructor({ text, broken }: Source, unit: 'utf16' | 'bytes') {
    this.#text = text
    this.#bytes = unit === 'bytes' ? byteOffsets(text, broken) : undefined
  }

  /** The next id's place, in UTF-16 units. */
  add(start: number, end: number): void {
    this.spans.push(this.#bytes ? (this.#bytes[start] as number) : start)
    this.spans.push(this.#bytes ? (this.#bytes[end] as number) : end)
  }

  /** The places of the ids from `from` on, whose bytes in a row are the text from `start` on. */
  addByLength(start: number, ids: IdBuffer, from: number, { offsets }: TokenTable): void {
    const lengths = Array.from(
      ids.array.subarray(from, ids.length),
      (id) => (offsets[id + 1] as number) - (offsets[id] as number),
    )
    if (this.#bytes === undefined) this.#addCharacters(start, lengths)
    else {
      let at = this.#bytes[start] as number
      for (const length of lengths) {
        this.spans.push(at)
        at += length
        this.spans.push(at)
      }
    }
  }

  /** Changes places, as a model gave them from index `from` of `spans` on, to UTF-16 units of the whole text. */
  move(from: number, origin: (start: number, end: number) => readonly [number, number]): void {
    const { array, length } = this.spans
    this.spans.length = from
    for (let i = from; i < length; i += 2) {
      this.add(...origin(array[i] as number, array[i + 1] as number))
    }
  }

  take(ids: Uint32Array): OffsetEncoding {
    const { array } = this.spans
    return {
      ids,
      starts: Uint32Array.from(ids, (_, i) => array[2 * i] as number),
      ends: Uint32Array.from(ids, (_, i) => array[2 * i + 1] as number),
    }
  }

  /** A part of a character has the place of the character. */
  #addCharacters(start: number, lengths: readonly number[]): void {
    const text = this.#text
    let unit = start
    /** Bytes of the character at `unit` that are passed. */
    let inside = 0
    for (const length of lengths) {
      this.spans.push(unit)
      let left = length
      while (left > 0) {
        const rest = utf8Length(text, unit) - inside
        if (left < rest) {
          inside += left
          left = 0
        } else {
          left -= rest
          inside = 0
          unit += isPair(text, unit) ? 2 : 1
        }
      }
      this.spans.push(inside === 0 ? unit : unit + (isPair(text, unit) ? 2 : 1))
    }
  }
}

/** The number of UTF-8 bytes before each UTF-16 unit of a text, and before its end; inside a pair, before the pair. */
export function byteOffsets(text: string, broken: BrokenUtf8 | undefined): Uint32Array {
  const offsets = new Uint32Array(text.length + 1)
  const units = broken?.units ?? []
  let next = 0
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    offsets[i] = bytes
    if (i === units[next]) {
      bytes++
      next++
    } else {
      const pair = isPair(text, i)
      bytes += utf8Length(text, i)
      if (pair) offsets[++i] = offsets[i - 1] as number
    }
  }
  offsets[text.length] = bytes
  return offsets
}
