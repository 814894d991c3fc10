import type { Document } from '../document.js'

/** Which fields of a record hold the text and the id. */
export interface FieldNames {
  /** Default `'text'`. */
  readonly textField?: string
  /** Default `'id'`. */
  readonly idField?: string
}

const optional = ['mediaType', 'source', 'url', 'license'] as const

/**
 * Makes a document of one record of JSON Lines or parquet. `text` must be a string. `id`, `mediaType`, `source`, `url`
 * and `license` are taken when they are strings; every other field, and one of these that is something else, goes to
 * `metadata`. An object called `metadata` is laid out flat there, unless a name would occur twice.
 *
 * @param fallbackId gives the id when the record has none.
 * @throws when the text is missing or not a string, or when a field is called `__proto__` at any depth.
 * @internal
 */
export function documentFromFields(
  fields: Readonly<Record<string, unknown>>,
  file: string,
  fallbackId: () => string,
  { textField = 'text', idField = 'id' }: FieldNames = {},
): Document {
  const rest = new Map(Object.entries(fields))
  const text = rest.get(textField)
  if (typeof text !== 'string') {
    throw new Error(`expected a string in field "${textField}", got ${describe(text)}`)
  }
  rest.delete(textField)
  const id = takeString(rest, idField) ?? fallbackId()
  const document: Mutable<Document> = { id, text, source: file }
  for (const name of optional) {
    const value = takeString(rest, name)
    if (value !== undefined) document[name] = value
  }

  const nested = rest.get('metadata')
  if (
    isPlainObject(nested) &&
    !Object.keys(nested).some((name) => name !== 'metadata' && rest.has(name))
  ) {
    rest.delete('metadata')
    for (const [name, value] of Object.entries(nested)) rest.set(name, value)
  } else if (nested === null) rest.delete('metadata')
  if (rest.size > 0) {
    const metadata = Object.fromEntries(rest)
    refuseProto(metadata)
    document.metadata = metadata
  }
  return document
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Takes a string field out; null counts as absent, another type stays where it is. */
function takeString(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name)
  if (typeof value !== 'string' && value !== null) return undefined
  fields.delete(name)
  return value ?? undefined
}

/** JSON may name a field `__proto__`; copied by assignment it would change the copy's prototype. */
function refuseProto(value: object): void {
  const stack: object[] = [value]
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (Object.hasOwn(item, '__proto__')) {
      throw new Error('expected no field called "__proto__", got one')
    }
    for (const inner of Object.values(item)) {
      if (typeof inner === 'object' && inner !== null) stack.push(inner)
    }
  }
}

/** @internal */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function describe(value: unknown): string {
  if (value === undefined) return 'no such field'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
