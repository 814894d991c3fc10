import type { Template } from '../model.js'
import { fail, isRecord, type Json, list, record, string } from './check.js'
import type { PartJson } from './format.js'
import { type ReadPart, readParts } from './read-parts.js'
import type { Vocabulary } from './read-vocabulary.js'

interface PostProcessor {
  readonly json: PartJson
  readonly template?: Template
}

/**
 * Reads the `post_processor` of a tokenizer.json: the ids around a text. What it says about pairs of texts and about
 * offsets is kept only.
 */
export function readPostProcessor(
  value: unknown,
  vocabulary: Vocabulary,
): PostProcessor | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'post_processor', 'processors', readers(vocabulary))
  const templates = parts.flatMap(({ template }) => template ?? [])
  if (templates.length === 0) return { json }
  // Each works on what the one before it gave, so that a later one stands further out.
  return {
    json,
    template: {
      before: [...templates].reverse().flatMap(({ before }) => before),
      after: templates.flatMap(({ after }) => after),
    },
  }
}

function readers(vocabulary: Vocabulary): ReadonlyMap<string, ReadPart<PostProcessor>> {
  const around: ReadPart<PostProcessor> = (part, where) => ({
    json: { ...part, type: string(part.type, where) },
    template: {
      before: [specialId(part.cls, `${where}.cls`, vocabulary)],
      after: [specialId(part.sep, `${where}.sep`, vocabulary)],
    },
  })
  return new Map<string, ReadPart<PostProcessor>>([
    ['TemplateProcessing', (part, where) => readTemplate(part, where, vocabulary)],
    ['BertProcessing', around],
    ['RobertaProcessing', around],
    ['ByteLevel', (part) => ({ json: { ...part, type: 'ByteLevel' } })],
  ])
}

/** `["[SEP]", 102]` */
function specialId(value: unknown, where: string, vocabulary: Vocabulary): number {
  return knownId(list(value, where)[1], `${where}[1]`, vocabulary)
}

function knownId(value: unknown, where: string, { names, unusedIds }: Vocabulary): number {
  const isKnown = typeof value === 'number' && names[value] !== undefined && !unusedIds.has(value)
  return isKnown ? value : fail(where, 'the id of a token', value)
}

function readTemplate(part: Json, where: string, vocabulary: Vocabulary): PostProcessor {
  const tokens = record(part.special_tokens, `${where}.special_tokens`)
  const before: number[] = []
  const after: number[] = []
  let texts = 0
  list(part.single, `${where}.single`).forEach((value, i) => {
    const at = `${where}.single[${i}]`
    const item = record(value, at)
    if (isRecord(item.Sequence)) {
      if (item.Sequence.id !== 'A') fail(`${at}.Sequence.id`, '"A"', item.Sequence.id)
      texts++
      return
    }
    const name = string(record(item.SpecialToken, `${at}.SpecialToken`).id, `${at}.SpecialToken.id`)
    if (!Object.hasOwn(tokens, name)) fail(at, `one of ${where}.special_tokens`, name)
    const idsAt = `${where}.special_tokens[${JSON.stringify(name)}].ids`
    const ids = list(record(tokens[name], idsAt).ids, idsAt).map((id, k) =>
      knownId(id, `${idsAt}[${k}]`, vocabulary),
    )
    ;(texts === 0 ? before : after).push(...ids)
  })
  if (texts !== 1) fail(`${where}.single`, 'the text "A" once', part.single)
  return { json: { ...part, type: 'TemplateProcessing' }, template: { before, after } }
}
