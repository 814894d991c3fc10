import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import type { AddedToken } from '../model.js'
import { fail, type Json, list, record, string } from './check.js'

/** What all kinds need of a file: the name of each id, and the tokens beside the model's own. */
export interface Vocabulary {
  /** Undefined for an id that stands for nothing: published vocabularies have some. */
  readonly names: readonly (string | undefined)[]
  readonly ids: ReadonlyMap<string, number>
  readonly specialTokens: ReadonlyMap<string, number>
  /** In the order of the file. */
  readonly addedTokens: readonly AddedToken[]
  readonly unusedIds: ReadonlySet<number>
}

/** Reads `model.vocab`, an object of ids or Unigram's list of pieces and scores, and `added_tokens`. */
export function readVocabulary(model: Json, addedTokens: unknown): Vocabulary {
  const ids = new Map<string, number>()
  readEntries(model, ids)
  const specialTokens = new Map<string, number>()
  const seen = new Set<string>()
  const added = list(addedTokens ?? [], 'added_tokens').map((value, i) => {
    const token = readAddedToken(value, `added_tokens[${i}]`)
    const { content, id } = token
    if (seen.has(content)) fail(`added_tokens[${i}].content`, 'a name of its own', content)
    seen.add(content)
    const known = ids.get(content)
    if (known !== undefined && known !== id) {
      fail(`added_tokens[${i}].id`, `${known}, as in model.vocab`, id)
    }
    ids.set(content, id)
    if (token.special) specialTokens.set(content, id)
    return token
  })
  return { ids, specialTokens, addedTokens: added, ...inOrder(ids, specialTokens) }
}

function readEntries({ type, vocab }: Json, ids: Map<string, number>): void {
  if (type === 'Unigram') {
    const pieces = list(vocab, 'model.vocab')
    for (let id = 0; id < pieces.length; id++) {
      const piece = pieces[id]
      const where = `model.vocab[${id}]`
      ids.set(string(list(piece, where)[0], `${where}[0]`), readId(id, where))
    }
    return
  }
  const found = record(vocab, 'model.vocab')
  for (const name of Object.keys(found)) {
    const id = found[name]
    // Where it stands is only spelled out for an error: there are many.
    ids.set(name, isId(id) ? id : readId(id, `model.vocab[${JSON.stringify(name)}]`))
  }
}

function readAddedToken(value: unknown, where: string): AddedToken {
  const token = record(value, where)
  const content = string(token.content, `${where}.content`)
  if (content === '') fail(`${where}.content`, 'some text', content)
  const special = flag(token.special, `${where}.special`, false)
  return {
    content,
    id: readId(token.id, `${where}.id`),
    special,
    lstrip: flag(token.lstrip, `${where}.lstrip`, false),
    rstrip: flag(token.rstrip, `${where}.rstrip`, false),
    singleWord: flag(token.single_word, `${where}.single_word`, false),
    normalized: flag(token.normalized, `${where}.normalized`, !special),
  }
}

function flag(value: unknown, where: string, absent: boolean): boolean {
  if (value === undefined || value === null) return absent
  return typeof value === 'boolean' ? value : fail(where, 'true or false', value)
}

function readId(value: unknown, where: string): number {
  return isId(value) ? value : fail(where, `an id from 0 to ${MAX_VOCABULARY - 1}`, value)
}

function isId(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_VOCABULARY
  )
}

/** The names by id. Special tokens may share an id: the first of them names it. */
function inOrder(
  ids: ReadonlyMap<string, number>,
  specialTokens: ReadonlyMap<string, number>,
): Pick<Vocabulary, 'names' | 'unusedIds'> {
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
  const unusedIds = new Set<number>()
  names.forEach((name, id) => {
    if (name === undefined) unusedIds.add(id)
  })
  return { names, unusedIds }
}
