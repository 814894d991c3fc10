import { random } from '@llm/data/random'
import { decodeWith } from './decode.js'
import { hashModel } from './hash-model.js'
import { IdBuffer } from './id-buffer.js'
import type { SectionOptions, TokenModel } from './model.js'
import { splitSpecial } from './special-tokens.js'
import { bytesOf } from './token-table.js'
import type { EncodeInput, EncodeOptions, OffsetEncoding, Tokenizer } from './types.js'

const NO_OPTIONS: EncodeOptions = {}

/** Builds what all kinds of tokenizers share around a model. */
export function createTokenizer(model: TokenModel): Tokenizer {
  const { tokens, specialTokens } = model
  const { size } = tokens
  const split = splitSpecial(specialTokens)
  const ids = new IdBuffer()
  let section: SectionOptions = {}
  const ordinary = (text: string): void => model.encode(text, ids, section)
  const special = (id: number): void => ids.push(id)
  let hash: string | undefined

  function fill(name: string, input: EncodeInput, options: EncodeOptions, index = 0): void {
    if (typeof input !== 'string') {
      throw new TypeError(
        `${name}: expected a string, got ${input === null ? 'null' : typeof input}`,
      )
    }
    ids.clear()
    const { dropout = 0, seed = 0 } = options
    section =
      dropout === 0
        ? {}
        : { dropout: { rate: dropout, random: random(seed, 'BPE dropout', index).float } }
    split(input, options, ordinary, special)
  }

  function check(name: string, id: number, index?: number): void {
    if (!Number.isInteger(id) || id < 0 || id >= size) {
      const where = index === undefined ? '' : ` at index ${index}`
      throw new RangeError(`${name}: expected ids from 0 to ${size - 1}, got ${id}${where}`)
    }
  }

  function encode(input: EncodeInput, options: EncodeOptions = NO_OPTIONS): Uint32Array {
    fill('encode', input, options)
    return ids.take()
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
    encodeInto(input, target, options = NO_OPTIONS) {
      fill('encodeInto', input, options)
      target.set(ids.array.subarray(0, ids.length))
      return ids.length
    },
    encodeWithOffsets(): OffsetEncoding {
      throw new Error('encodeWithOffsets: not there yet')
    },
    ...decodeWith(model, check),
    encodeBatch: (texts, options) => Array.from(texts, (text) => encode(text, options)),
    count(input, options = NO_OPTIONS) {
      fill('count', input, options)
      return ids.length
    },
    countUpTo(input, limit, options = NO_OPTIONS) {
      fill('countUpTo', input, options)
      return ids.length > limit ? undefined : ids.length
    },
    tokenBytes(id) {
      check('tokenBytes', id)
      return bytesOf(tokens, id).slice()
    },
    tokenId() {
      throw new Error('tokenId: not there yet')
    },
    toJSON: () => model.toJSON(),
  }
}
