import { contains } from '../patterns/regex/code-point-set.js'
import type { RegexNode, Repetition } from '../patterns/regex/syntax.js'

/** What comes after a part: the end of the whole match, or undefined where it fails. */
type Rest = (at: number) => number | undefined

const MAX_TRIES = 20_000
let tries = 0

/**
 * Where the match of an expression that begins at code point `start` ends: tries one way after another and goes back when it
 * fails, as the engines do that the syntax comes from, in time without limit but for `MAX_TRIES`.
 */
export function matchReference(
  node: RegexNode,
  points: readonly number[],
  start: number,
): number | undefined {
  tries = 0
  return match(node, points, start, (at) => at)
}

function match(
  node: RegexNode,
  points: readonly number[],
  at: number,
  rest: Rest,
): number | undefined {
  if (++tries > MAX_TRIES) throw new Error('matchReference: too many tries')
  switch (node.type) {
    case 'characters': {
      const point = points[at]
      return point !== undefined && contains(node.set, point) ? rest(at + 1) : undefined
    }
    case 'edge': {
      const [before, after] = [points[at - 1], points[at]]
      const behind = before === undefined ? node.start : contains(node.before, before)
      const ahead = after === undefined ? node.end : contains(node.after, after)
      return behind && ahead ? rest(at) : undefined
    }
    case 'look':
      return (match(node.body, points, at, (end) => end) === undefined) === node.negative
        ? rest(at)
        : undefined
    case 'atomic': {
      const end = match(node.body, points, at, (end) => end)
      return end === undefined ? undefined : rest(end)
    }
    case 'either':
      for (const choice of node.choices) {
        const end = match(choice, points, at, rest)
        if (end !== undefined) return end
      }
      return undefined
    case 'sequence': {
      const from = (i: number, at: number): number | undefined => {
        const part = node.parts[i]
        return part === undefined ? rest(at) : match(part, points, at, (end) => from(i + 1, end))
      }
      return from(0, at)
    }
    case 'repeat':
      return repeat(node, points, at, 0, rest)
  }
}

function repeat(
  node: Repetition,
  points: readonly number[],
  at: number,
  done: number,
  rest: Rest,
): number | undefined {
  const once = (): number | undefined =>
    done === node.max
      ? undefined
      : match(node.body, points, at, (end) =>
          // A round without limit that takes nothing is the last.
          end === at && done >= node.min && node.max === Number.POSITIVE_INFINITY
            ? rest(end)
            : repeat(node, points, end, done + 1, rest),
        )
  if (done < node.min) return once()
  return node.lazy ? (rest(at) ?? once()) : (once() ?? rest(at))
}
