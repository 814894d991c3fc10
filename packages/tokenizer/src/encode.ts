import { policies } from './added-tokens/policy.js'
import { dropoutOf, seeded } from './dropout.js'
import { sectionEncoder } from './encode-sections.js'
import { IdBuffer } from './id-buffer.js'
import type { SectionOptions, Template, TokenModel } from './model.js'
import { Places } from './places.js'
import { inputReader, type Source } from './read-input.js'
import { plainAddedTokens } from './special-tokens.js'
import type { EncodeInput, EncodeOptions, Tokenizer } from './types.js'

type Encoding = Pick<
  Tokenizer,
  'encode' | 'encodeInto' | 'encodeWithOffsets' | 'encodeBatch' | 'count' | 'countUpTo'
>

const NO_OPTIONS: EncodeOptions = {}

/** The encoding side of a tokenizer, for inputs of all forms. */
export function encodeWith(model: TokenModel): Encoding {
  const { template } = model
  const { size } = model.tokens
  const added = model.addedTokens ?? plainAddedTokens(model.specialTokens)
  const policyOf = policies(added)
  const read = inputReader(policyOf, model.encodeBytes !== undefined)
  const encodeSections = sectionEncoder(model, added)
  const ids = new IdBuffer()

  /** Fills `ids`; beyond `limit` of them, it may stop. */
  function fill(name: string, input: EncodeInput, options: EncodeOptions, limit?: number): void {
    ids.clear()
    const section = sectionOptions(name, options, limit)
    addTemplate('before', options)
    if (typeof input === 'string' && policyOf(options) === undefined) {
      model.encode(input, ids, section)
    } else encodeSections(read(name, input, options), ids, section)
    addTemplate('after', options)
  }

  function addTemplate(side: keyof Template, options: EncodeOptions, place?: () => void): void {
    if (!options.addSpecialTokens || template === undefined) return
    for (const id of template[side]) {
      ids.push(id)
      place?.()
    }
  }

  function sectionOptions(
    name: string,
    { dropout = 0, seed = 0 }: EncodeOptions,
    limit: number | undefined,
  ): SectionOptions | undefined {
    if (dropout === 0 && limit === undefined) return undefined
    return {
      ...(limit !== undefined && { limit }),
      ...(dropout !== 0 && { dropout: dropoutOf(name, model, dropout, seed) }),
    }
  }

  function encode(input: EncodeInput, options: EncodeOptions = NO_OPTIONS): Uint32Array {
    fill('encode', input, options)
    return ids.take()
  }

  return {
    encode,
    encodeInto(input, target, options = NO_OPTIONS) {
      fill('encodeInto', input, options)
      const found = ids.array.subarray(0, ids.length)
      if (found.length > target.length) {
        throw new RangeError(
          `encodeInto: expected room for ${found.length} ids, got ${target.length}`,
        )
      }
      if (target instanceof Uint16Array && size > 1 << 16) {
        const wide = found.find((id) => id >= 1 << 16)
        if (wide !== undefined) {
          throw new RangeError(
            `encodeInto: expected ids below 65536 for a Uint16Array, got ${wide}; the ${found.length} ids need a Uint32Array`,
          )
        }
      }
      target.set(found)
      return found.length
    },
    encodeWithOffsets(input, { unit = 'utf16', ...options } = NO_OPTIONS) {
      const source = read('encodeWithOffsets', input, options)
      checkPlaces(source, unit)
      const places = new Places(source, unit)
      const end = source.text.length
      const section = sectionOptions('encodeWithOffsets', options, undefined)
      ids.clear()
      addTemplate('before', options, () => places.add(0, 0))
      encodeSections(source, ids, section, places)
      addTemplate('after', options, () => places.add(end, end))
      return places.take(ids.take())
    },
    encodeBatch: (inputs, options) =>
      Array.from(inputs, (input, i) => encode(input, seeded(options, 'encodeBatch', i))),
    count(input, options = NO_OPTIONS) {
      fill('count', input, options)
      return ids.length
    },
    countUpTo(input, limit, options = NO_OPTIONS) {
      if (!(limit >= 0)) {
        throw new RangeError(`countUpTo: expected a limit of at least 0, got ${limit}`)
      }
      fill('countUpTo', input, options, limit)
      return ids.length > limit ? undefined : ids.length
    },
  }
}

function checkPlaces(source: Source, unit: string): void {
  if (unit !== 'utf16' && unit !== 'bytes') {
    throw new RangeError(
      `encodeWithOffsets: expected unit 'utf16' or 'bytes', got ${JSON.stringify(unit)}`,
    )
  }
  if (source.lossy || (source.broken && unit === 'utf16')) {
    const wayOut = source.broken ? "; ask for unit: 'bytes'" : ''
    throw new RangeError(`encodeWithOffsets: expected bytes that are UTF-8, got others${wayOut}`)
  }
}
