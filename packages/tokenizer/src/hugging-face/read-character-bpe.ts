import { characterPieces } from '../bpe-characters/character-pieces.js'
import type { ModelPart } from '../pipeline/model-part.js'
import { fail, type Json, string, unsupported } from './check.js'
import { modelVocabulary } from './model-vocabulary.js'
import { readMerges } from './read-merges.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Reads BPE on characters: with marks of the end of a word or of its inside, with byte fallback, or plain. */
export function readCharacterBpe(model: Json, vocabulary: Vocabulary): ModelPart {
  const { ids, names } = vocabulary
  // tokenizers would encode at random without being asked to.
  unsupported(model.dropout, 'model.dropout', [0])
  const prefix = text(model.continuing_subword_prefix, 'model.continuing_subword_prefix')
  const suffix = text(model.end_of_word_suffix, 'model.end_of_word_suffix')
  const unknown = text(model.unk_token, 'model.unk_token')
  const unknownId = unknown === null ? undefined : ids.get(unknown)
  if (unknown !== null && unknownId === undefined) {
    fail('model.unk_token', 'a token of model.vocab', unknown)
  }
  const settings = {
    fuse_unk: flag(model.fuse_unk, 'model.fuse_unk'),
    byte_fallback: flag(model.byte_fallback, 'model.byte_fallback'),
    ignore_merges: flag(model.ignore_merges, 'model.ignore_merges'),
  }
  const { json, ordinary } = modelVocabulary(model, vocabulary)
  const { left, right, product } = readMerges(model.merges, vocabulary, prefix?.length)
  return {
    kind: 'bpe',
    hasDropout: true,
    pieces: characterPieces({
      ids: ordinary,
      left,
      right,
      product,
      prefix: prefix ?? '',
      suffix: suffix ?? '',
      unknown: unknownId,
      fuseUnknown: settings.fuse_unk,
      byteFallback: settings.byte_fallback,
      ignoreMerges: settings.ignore_merges,
    }),
    json: () => ({
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      end_of_word_suffix: suffix,
      ...settings,
      vocab: json(),
      merges: Array.from(
        left,
        (a, rank) => [names[a] ?? '', names[right[rank] as number] ?? ''] as const,
      ),
    }),
  }
}

function text(value: unknown, where: string): string | null {
  return value === undefined || value === null ? null : string(value, where)
}

function flag(value: unknown, where: string): boolean {
  if (value === undefined || value === null) return false
  return typeof value === 'boolean' ? value : fail(where, 'true or false', value)
}
