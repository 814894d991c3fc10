import type { CharacterVocabulary } from '../characters/characters-model.js'
import { fail, type Json, list, string, unsupported } from './check.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Characters from a tokenizer.json of the shape that `charactersToJson` writes. */
export function readCharacters(
  file: Json,
  model: Json,
  vocabulary: Vocabulary,
): CharacterVocabulary {
  const { specialTokens } = vocabulary
  unsupported(file.normalizer, 'normalizer')
  unsupported(model.fuse_unk, 'model.fuse_unk', [false])
  const merges = list(model.merges, 'model.merges')
  if (merges.length > 0) fail('model.merges', 'none in a tokenizer of characters', merges[0])
  const names = vocabulary.names.map(
    (name, id) => name ?? fail('model.vocab', 'ids without gaps', `none with id ${id}`),
  )
  names.forEach((name, id) => {
    if (!specialTokens.has(name) && !isCharacter(name)) {
      fail(
        'model.vocab',
        'tokens of one character',
        name,
        `id ${id} is neither that nor a special token`,
      )
    }
  })
  for (const name of specialTokens.keys()) {
    if (isCharacter(name)) fail('added_tokens', 'special tokens of more than one character', name)
  }
  if (model.unk_token === undefined || model.unk_token === null) {
    return { names, specialTokens, unknown: undefined }
  }
  const unknown = string(model.unk_token, 'model.unk_token')
  if (!specialTokens.has(unknown)) fail('model.unk_token', 'one of the special tokens', unknown)
  return { names, specialTokens, unknown }
}

/** One code point that is not a lone surrogate. */
function isCharacter(name: string): boolean {
  const point = name.codePointAt(0)
  if (point === undefined || (point >= 0xd800 && point < 0xe000)) return false
  return name.length === (point > 0xffff ? 2 : 1)
}
