import type { Decoder } from '../pipeline/decoder.js'
import type { DecoderPart } from '../pipeline/decoders/decoder-part.js'
import * as decoders from '../pipeline/decoders/decoders.js'
import { fail } from './check.js'
import { readFind } from './read-find.js'
import { type ReadPart, readParts } from './read-parts.js'
import { readByteLevel, readMetaspace } from './read-pre-tokenizer.js'
import { character, count, flag, text } from './settings.js'

const readers: ReadonlyMap<string, ReadPart<DecoderPart>> = /* @__PURE__ */ new Map<
  string,
  ReadPart<DecoderPart>
>([
  ['BPEDecoder', (part, where) => decoders.bpeDecoder(text(part, 'suffix', where, '</w>'))],
  ['ByteFallback', () => decoders.byteFallbackDecoder()],
  ['ByteLevel', (part, where) => decoders.byteLevelDecoder(readByteLevel(part, where).json)],
  ['Fuse', () => decoders.fuseDecoder()],
  [
    'Metaspace',
    (part, where) => {
      const { json, replacement, prependScheme } = readMetaspace(part, where)
      return decoders.metaspaceDecoder(json, replacement, prependScheme !== 'never')
    },
  ],
  [
    'Replace',
    (part, where) => {
      const { json, find, characters } = readFind(part.pattern, `${where}.pattern`)
      const content = text(part, 'content', where)
      return decoders.replaceDecoder(
        { type: 'Replace', pattern: json, content },
        find,
        content,
        characters === 1,
      )
    },
  ],
  [
    'Strip',
    (part, where) =>
      decoders.stripDecoder(
        character(part, 'content', where),
        count(part, 'start', where),
        count(part, 'stop', where),
      ),
  ],
  [
    'WordPiece',
    (part, where) =>
      decoders.wordPieceDecoder(text(part, 'prefix', where), flag(part, 'cleanup', where)),
  ],
])

/** Reads the `decoder` of a tokenizer.json. */
export function readDecoder(value: unknown): Decoder | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'decoder', 'decoders', readers)
  let joined = false
  const steps = parts.map((part) => {
    const step = joined ? part.joined : part.step
    joined ||= part.joins === true
    return (
      step ??
      fail('decoder', 'nothing that looks at the whole text once tokens are joined', part.json)
    )
  })
  return { json, steps, dropLastSpace: parts.some((part) => part.dropLastSpace === true) }
}
