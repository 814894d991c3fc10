import type { TokenModel } from './model.js'
import { bytesOf } from './token-table.js'
import type { StreamDecoder, Tokenizer } from './types.js'

/** The decoding side of a tokenizer. `check` refuses what is no id. */
export function decodeWith(
  model: TokenModel,
  check: (name: string, id: number, index?: number) => void,
): Pick<Tokenizer, 'decode' | 'decodeBytes' | 'decoder'> {
  const { tokens } = model
  const { bytes, offsets } = tokens
  // Without `stream` it keeps nothing from one call to the next.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

  function decodeBytes(list: ArrayLike<number>): Uint8Array {
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
    return out
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

  return { decode: (list) => utf8.decode(decodeBytes(list)), decodeBytes, decoder }
}
