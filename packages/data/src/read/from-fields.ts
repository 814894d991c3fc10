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
  const text = fields[textField]
  if (typeof text !== 'string') {
    throw new Error(`expected a string in field "${textField}", got ${describe(text)}`)
  }
  const idValue = fields[idField]
  const id = typeof idValue === 'string' ? idValue : fallbackId()
  const document: Mutable<Document> = { id, text, source: file }
  for (const name of optional) {
    const value = fields[name]
    if (typeof value === 'string') document[name] = value
  }

  const metadata: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (name === textField || name === 'metadata') continue
    // A known field is taken, or absent when it is null; of another type it is kept here.
    const known = name === idField || isOptional(name)
    if (known && (typeof value === 'string' || value === null)) continue
    refuseProto(name, value)
    metadata[name] = value
  }
  addNested(metadata, fields.metadata)
  if (Object.keys(metadata).length > 0) document.metadata = metadata
  return document
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function isOptional(name: string): boolean {
  return name === 'mediaType' || name === 'source' || name === 'url' || name === 'license'
}

/** Lays the object out flat, unless a name would occur twice; anything but an object keeps its name. */
function addNested(metadata: Record<string, unknown>, nested: unknown): void {
  if (nested === undefined || nested === null) return
  refuseProto('metadata', nested)
  if (isPlainObject(nested) && !Object.keys(nested).some((name) => Object.hasOwn(metadata, name))) {
    Object.assign(metadata, nested)
  } else {
    metadata.metadata = nested
  }
}

/** JSON may name a field `__proto__`; copied by assignment it would change the copy's prototype. */
function refuseProto(name: string, value: unknown): void {
  let found = name === '__proto__'
  if (typeof value === 'object' && value !== null) {
    const stack: object[] = [value]
    for (let item = stack.pop(); item !== undefined && !found; item = stack.pop()) {
      found = Object.hasOwn(item, '__proto__')
      for (const inner of Object.values(item)) {
        if (typeof inner === 'object' && inner !== null) stack.push(inner)
      }
    }
  }
  if (found) throw new Error('expected no field called "__proto__", got one')
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
