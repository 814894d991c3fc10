import { complement, EVERYTHING } from './code-point-set.js'
import type { Edge, RegexNode, Repetition } from './syntax.js'

/** More optional copies than this of a possessive repetition would nest too deep. */
const MAX_OPTIONAL = 100

/**
 * The same expression without atomic groups and possessive repetitions, which a machine that follows all ways at once
 * cannot express. A possessive repetition of one character's class is a greedy one that no further such character
 * follows; and where nothing comes after the group, nothing can ask it to give back.
 *
 * @throws RangeError for other atomic groups
 */
export function withoutAtomic(node: RegexNode, last = true): RegexNode {
  switch (node.type) {
    case 'characters':
    case 'edge':
      return node
    case 'look':
      return { ...node, body: withoutAtomic(node.body) }
    case 'either':
      return { ...node, choices: node.choices.map((choice) => withoutAtomic(choice, last)) }
    case 'sequence': {
      const end = node.parts.length - 1
      return { ...node, parts: node.parts.map((part, i) => withoutAtomic(part, last && i === end)) }
    }
    case 'repeat':
      return { ...node, body: withoutAtomic(node.body, last && node.max <= 1) }
    case 'atomic': {
      const body = withoutAtomic(node.body)
      return last || hasOneWay(body) ? body : (possessive(body) ?? fail(node.offset))
    }
  }
}

function fail(offset: number): never {
  throw new RangeError(
    `pattern: atomic groups and possessive repetitions of more than one character are not supported unless at the end, at offset ${offset}`,
  )
}

function hasOneWay(node: RegexNode): boolean {
  if (node.type === 'sequence') return node.parts.every(hasOneWay)
  return node.type === 'characters' || node.type === 'edge' || node.type === 'look'
}

function possessive(node: RegexNode): RegexNode | undefined {
  if (node.type !== 'repeat' || node.body.type !== 'characters') return undefined
  const { body, min, max } = node
  const least: Repetition = { ...node, max: min }
  if (node.lazy || max === min) return least
  const stop: Edge = {
    type: 'edge',
    before: EVERYTHING,
    start: true,
    after: complement(body.set),
    end: true,
  }
  if (max === Number.POSITIVE_INFINITY) return { type: 'sequence', parts: [node, stop] }
  if (max - min > MAX_OPTIONAL) return undefined
  let rest: RegexNode = { type: 'sequence', parts: [] }
  for (let i = min; i < max; i++) {
    rest = { type: 'either', choices: [{ type: 'sequence', parts: [body, rest] }, stop] }
  }
  return { type: 'sequence', parts: [least, rest] }
}
