import { fail, type Json, list, record, string } from './check.js'
import type { PartJson } from './format.js'

/** Something that a part of a tokenizer.json stands for. */
interface Part {
  readonly json: PartJson
}

/** Reads one type of part; `where` names it in errors. */
export type ReadPart<P> = (part: Json, where: string) => P

/** Nesting in files is a few levels deep; more is an attack on the stack. */
const MAX_DEPTH = 16

/**
 * Reads a part of a pipeline by its type. A `Sequence`, whose parts stand under `key`, becomes these parts in a row.
 * @throws RangeError for a type that is not in `readers`
 */
export function readParts<P extends Part>(
  value: unknown,
  where: string,
  key: string,
  readers: ReadonlyMap<string, ReadPart<P>>,
  depth = 0,
): { json: PartJson; parts: P[] } {
  const content = record(value, where)
  const type = string(content.type, `${where}.type`)
  if (type === 'Sequence') {
    if (depth === MAX_DEPTH) fail(where, `parts at most ${MAX_DEPTH} deep`, content)
    const inner = list(content[key], `${where}.${key}`).map((part, i) =>
      readParts(part, `${where}.${key}[${i}]`, key, readers, depth + 1),
    )
    return {
      json: { type, [key]: inner.map(({ json }) => json) },
      parts: inner.flatMap(({ parts }) => parts),
    }
  }
  const read = readers.get(type)
  if (read === undefined) {
    return fail(
      where,
      `type ${[...readers.keys()].map((name) => `"${name}"`).join(' or ')}`,
      content,
      'this part of the pipeline is not supported',
    )
  }
  const part = read(content, where)
  return { json: part.json, parts: [part] }
}
