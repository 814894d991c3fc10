import { findRegex } from '../patterns/find-regex.js'
import { type FindMatches, findText } from '../pipeline/find-matches.js'
import { fail, record } from './check.js'
import type { JsonObject } from './format.js'

/** What a `Split` or `Replace` looks for: `{ "String": ... }` or `{ "Regex": ... }`. */
export interface Find {
  readonly json: JsonObject
  readonly find: FindMatches
  /** How many characters every match has, where that is known. */
  readonly characters: number | undefined
}

export function readFind(value: unknown, where: string): Find {
  const { String: literal, Regex: regex } = record(value, where)
  if (typeof literal === 'string') {
    return { json: { String: literal }, find: findText(literal), characters: [...literal].length }
  }
  if (typeof regex !== 'string') fail(where, 'a String or a Regex', value)
  return { json: { Regex: regex }, find: findRegex(regex), characters: undefined }
}
