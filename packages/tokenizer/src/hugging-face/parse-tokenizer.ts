import { bpeModel } from '../bpe/bpe-model.js'
import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { charactersModel } from '../characters/characters-model.js'
import { createTokenizer } from '../create-tokenizer.js'
import type { Tokenizer } from '../types.js'
import { fail, isRecord, type Json, list, record, string, unsupported } from './check.js'
import { readBpe } from './read-bpe.js'
import { readCharacters } from './read-characters.js'

/** What both kinds need of a file: the name of each id, and which ids are special. */
export interface Vocabulary {
  /** Undefined for an id that stands for nothing: published vocabularies have some. */
  readonly names: readonly (string | undefined)[]
  readonly ids: ReadonlyMap<string, number>
  readonly specialTokens: ReadonlyMap<string, number>
}

/**
 * A tokenizer from the content of a tokenizer.json. Everything in it is checked; a part of the pipeline that this
 * package does not have is an error that names it, so that ids are never silently different.
 */
export function parseTokenizer(content: unknown): Tokenizer {
  const file = record(content, 'tokenizer.json')
  const model = record(file.model, 'model')
  if (model.type !== undefined && model.type !== 'BPE') {
    fail('model.type', '"BPE"', model.type, 'this kind of model is not supported')
  }
  unsupported(file.normalizer, 'normalizer')
  unsupported(file.truncation, 'truncation')
  unsupported(file.padding, 'padding')
  unsupported(model.dropout, 'model.dropout', [0])
  unsupported(model.continuing_subword_prefix, 'model.continuing_subword_prefix', [''])
  unsupported(model.end_of_word_suffix, 'model.end_of_word_suffix', [''])
  unsupported(model.byte_fallback, 'model.byte_fallback', [false])
  unsupported(model.ignore_merges, 'model.ignore_merges', [false, true])
  const vocabulary = readVocabulary(model, file.added_tokens)
  return createTokenizer(
    isCharacters(file)
      ? charactersModel(readCharacters(file, model, vocabulary))
      : bpeModel(readBpe(file, model, vocabulary)),
  )
}

/** Ours: no pieces and no merges, so that every character is a token. */
function isCharacters(file: Json): boolean {
  const decoder = file.decoder
  return file.pre_tokenizer === null && isRecord(decoder) && decoder.type === 'Fuse'
}

function readVocabulary(model: Json, addedTokens: unknown): Vocabulary {
  const ids = new Map<string, number>()
  for (const [name, id] of Object.entries(record(model.vocab, 'model.vocab'))) {
    ids.set(name, isId(id) ? id : failId(`model.vocab[${JSON.stringify(name)}]`, id))
  }
  const specialTokens = new Map<string, number>()
  list(addedTokens ?? [], 'added_tokens').forEach((value, i) => {
    const token = record(value, `added_tokens[${i}]`)
    const name = string(token.content, `added_tokens[${i}].content`)
    const id = isId(token.id) ? token.id : failId(`added_tokens[${i}].id`, token.id)
    for (const setting of ['single_word', 'lstrip', 'rstrip']) {
      unsupported(token[setting], `added_tokens[${i}].${setting}`, [false])
    }
    if (token.special !== true) {
      fail(
        `added_tokens[${i}].special`,
        'true',
        token.special,
        'added tokens that are not special are not supported',
      )
    }
    if (name === '') fail(`added_tokens[${i}].content`, 'some text', name)
    if (specialTokens.has(name)) fail(`added_tokens[${i}].content`, 'a name of its own', name)
    const known = ids.get(name)
    if (known !== undefined && known !== id) {
      fail(`added_tokens[${i}].id`, `${known}, as in model.vocab`, id)
    }
    ids.set(name, id)
    specialTokens.set(name, id)
  })
  return { names: inOrder(ids, specialTokens), ids, specialTokens }
}

function isId(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_VOCABULARY
  )
}

function failId(where: string, value: unknown): never {
  return fail(where, `an id from 0 to ${MAX_VOCABULARY - 1}`, value)
}

/** The names by id. Special tokens may share an id: the first of them names it. */
function inOrder(
  ids: ReadonlyMap<string, number>,
  specialTokens: ReadonlyMap<string, number>,
): (string | undefined)[] {
  let size = 0
  for (const id of ids.values()) size = Math.max(size, id + 1)
  const names = new Array<string | undefined>(size).fill(undefined)
  for (const [name, id] of ids) {
    const other = names[id]
    if (other !== undefined) {
      if (specialTokens.has(name) && specialTokens.has(other)) continue
      fail(
        'model.vocab',
        'one token per id',
        id,
        `${JSON.stringify(other)} and ${JSON.stringify(name)} share it`,
      )
    }
    names[id] = name
  }
  return names
}
