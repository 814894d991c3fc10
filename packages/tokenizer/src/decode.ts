import { joinTokens } from './join-tokens.js'
import type { TokenModel } from './model.js'
import type { TokenTable } from './token-table.js'
import { bytesOf } from './token-table.js'
import type { DecodeOptions, StreamDecoder, Tokenizer } from './types.js'

const SPACE = 0x20

/** The decoding side of a tokenizer. */
export function decodeWith(
  model: TokenModel,
): Pick<Tokenizer, 'decode' | 'decodeBytes' | 'decoder'> {
  const { tokens, decoding = {} } = model
  const { first = tokens, firstUntilText = false, dropLastSpace = false } = decoding
  const special = new Set(model.specialTokens.values())
  const check = idCheck(model)
  const plain = first === tokens && !dropLastSpace
  let checked = ''
  let join: ReturnType<typeof joinTokens> | undefined
  // Without `stream` it keeps nothing from one call to the next.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

  function bytesOfAll(
    name: string,
    list: ArrayLike<number>,
    options: DecodeOptions = {},
  ): Uint8Array {
    const skip = options.skipSpecialTokens ? special : undefined
    if (plain && skip === undefined) {
      checked = name
      join ??= joinTokens(tokens, (model.unusedIds?.size ?? 0) > 0, (id, index) =>
        check(checked, id, index),
      )
      return join(list)
    }
    let length = 0
    let table = first
    for (let i = 0; i < list.length; i++) {
      const id = list[i] as number
      check(name, id, i)
      if (skip?.has(id)) continue
      length += (table.offsets[id + 1] as number) - (table.offsets[id] as number)
      if (length > 0 || !firstUntilText) table = tokens
    }
    const out = new Uint8Array(length)
    let at = 0
    table = first
    for (let i = 0; i < list.length; i++) {
      const id = list[i] as number
      if (skip?.has(id)) continue
      at = copy(table, id, out, at)
      if (at > 0 || !firstUntilText) table = tokens
    }
    return dropLastSpace && out.at(-1) === SPACE ? out.subarray(0, -1) : out
  }

  function decoder(options: DecodeOptions = {}): StreamDecoder {
    const skip = options.skipSpecialTokens ? special : undefined
    const stream = new TextDecoder('utf-8', { ignoreBOM: true })
    let table = first
    /** A space that is left out if nothing follows. */
    let space = ''
    return {
      push(id) {
        check('decoder.push', id)
        if (skip?.has(id)) return ''
        const bytes = bytesOf(table, id)
        const text = space + stream.decode(bytes, { stream: true })
        if (bytes.length > 0 || !firstUntilText) table = tokens
        space = dropLastSpace && text.endsWith(' ') ? ' ' : ''
        return space === '' ? text : text.slice(0, -1)
      },
      end() {
        const text = stream.decode()
        const held = text === '' ? '' : space
        table = first
        space = ''
        return held + text
      },
    }
  }

  return {
    decode: (list, options) => utf8.decode(bytesOfAll('decode', list, options)),
    decodeBytes: (list, options) => bytesOfAll('decodeBytes', list, options),
    decoder,
  }
}

/** Makes the check that refuses what is no id. */
export function idCheck(model: TokenModel): (name: string, id: number, index?: number) => void {
  const { size } = model.tokens
  return (name, id, index) => {
    if (Number.isInteger(id) && id >= 0 && id < size && !model.unusedIds?.has(id)) return
    const where = index === undefined ? '' : ` at index ${index}`
    const unused = model.unusedIds?.has(id) ? ', which stands for nothing,' : ''
    throw new RangeError(`${name}: expected ids from 0 to ${size - 1}, got ${id}${unused}${where}`)
  }
}

function copy({ bytes, offsets }: TokenTable, id: number, out: Uint8Array, at: number): number {
  const end = offsets[id + 1] as number
  let to = at
  for (let k = offsets[id] as number; k < end; k++) out[to++] = bytes[k] as number
  return to
}
