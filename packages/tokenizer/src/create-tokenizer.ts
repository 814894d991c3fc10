import { hashModel } from './hash-model.js'
import { IdBuffer } from './id-buffer.js'
import type { TokenModel } from './model.js'
import { splitSpecial } from './special-tokens.js'
import { bytesOf } from './token-table.js'
import type { EncodeOptions, StreamDecoder, Tokenizer } from './types.js'

const NO_OPTIONS: EncodeOptions = {}

/** Builds what all kinds of tokenizers share around a model. */
export function createTokenizer(model: TokenModel): Tokenizer {
  const { tokens, specialTokens } = model
  const { bytes, offsets, size } = tokens
  const split = splitSpecial(specialTokens)
  const ids = new IdBuffer()
  const ordinary = (text: string): void => model.encode(text, ids)
  const special = (id: number): void => ids.push(id)
  // Without `stream` it keeps nothing from one call to the next.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let hash: string | undefined

  function fill(name: string, text: string, options: EncodeOptions): void {
    if (typeof text !== 'string') {
      throw new TypeError(`${name}: expected a string, got ${text === null ? 'null' : typeof text}`)
    }
    ids.clear()
    split(text, options, ordinary, special)
  }

  function check(name: string, id: number, index?: number): void {
    if (!Number.isInteger(id) || id < 0 || id >= size) {
      const where = index === undefined ? '' : ` at index ${index}`
      throw new RangeError(`${name}: expected ids from 0 to ${size - 1}, got ${id}${where}`)
    }
  }

  function encode(text: string, options: EncodeOptions = NO_OPTIONS): Uint32Array {
    fill('encode', text, options)
    return ids.take()
  }

  function decode(list: ArrayLike<number>): string {
    let length = 0
    for (let i = 0; i < list.length; i++) {
      const id = list[i] as number
      check('decode', id, i)
      length += (offsets[id + 1] as number) - (offsets[id] as number)
    }
    const out = new Uint8Array(length)
    let at = 0
    for (let i = 0; i < list.length; i++) {
      const id = list[i] as number
      const end = offsets[id + 1] as number
      for (let k = offsets[id] as number; k < end; k++) out[at++] = bytes[k] as number
    }
    return utf8.decode(out)
  }

  function decoder(): StreamDecoder {
    const stream = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      push(id) {
        check('decoder.push', id)
        return stream.decode(bytesOf(tokens, id), { stream: true })
      },
      end: () => stream.decode(),
    }
  }

  return {
    kind: model.kind,
    vocabularySize: size,
    get hash() {
      hash ??= hashModel(model)
      return hash
    },
    specialTokens,
    encode,
    decode,
    decoder,
    encodeBatch: (texts, options) => Array.from(texts, (text) => encode(text, options)),
    count(text, options = NO_OPTIONS) {
      fill('count', text, options)
      return ids.length
    },
    tokenBytes(id) {
      check('tokenBytes', id)
      return bytesOf(tokens, id).slice()
    },
    toJSON: () => model.toJSON(),
  }
}
