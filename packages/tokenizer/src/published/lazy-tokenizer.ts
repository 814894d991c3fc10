import type { Tokenizer } from '../types.js'

/** A tokenizer that is made when it is first used. */
export function lazyTokenizer(make: () => Tokenizer): Tokenizer {
  let made: Tokenizer | undefined
  const tokenizer = (): Tokenizer => {
    made ??= make()
    return made
  }
  return {
    get kind() {
      return tokenizer().kind
    },
    get vocabularySize() {
      return tokenizer().vocabularySize
    },
    get hash() {
      return tokenizer().hash
    },
    get specialTokens() {
      return tokenizer().specialTokens
    },
    encode: (input, options) => tokenizer().encode(input, options),
    encodeInto: (input, target, options) => tokenizer().encodeInto(input, target, options),
    encodeWithOffsets: (input, options) => tokenizer().encodeWithOffsets(input, options),
    encodeBatch: (inputs, options) => tokenizer().encodeBatch(inputs, options),
    count: (input, options) => tokenizer().count(input, options),
    countUpTo: (input, limit, options) => tokenizer().countUpTo(input, limit, options),
    decode: (ids, options) => tokenizer().decode(ids, options),
    decodeBytes: (ids, options) => tokenizer().decodeBytes(ids, options),
    decoder: (options) => tokenizer().decoder(options),
    tokenBytes: (id) => tokenizer().tokenBytes(id),
    tokenId: (token) => tokenizer().tokenId(token),
    toJSON: () => tokenizer().toJSON(),
  }
}
