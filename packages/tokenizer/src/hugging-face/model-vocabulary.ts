import { type Json, record } from './check.js'
import type { Vocabulary } from './read-vocabulary.js'

/** The vocabulary of a model: what text can produce, and all of it as it stands in a file. */
export function modelVocabulary(
  model: Json,
  { ids, specialTokens }: Vocabulary,
): { ordinary: ReadonlyMap<string, number>; json: () => Record<string, number> } {
  const names = Object.keys(record(model.vocab, 'model.vocab'))
  const entries = names.map((name) => [name, ids.get(name) ?? 0] as const)
  return {
    // Text must not produce a special token.
    ordinary: new Map(entries.filter(([name]) => !specialTokens.has(name))),
    // fromEntries defines own properties, so that a token "__proto__" is an entry like any other.
    json: () => Object.fromEntries([...entries].sort(([, a], [, b]) => a - b)),
  }
}
