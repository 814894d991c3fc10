import type { CodePointSet } from './code-point-set.js'
import type { Edge, RegexNode } from './syntax.js'

/** A step of a program; where two ways go on, `first` is preferred. Every other step goes on with the one behind it. */
export type Step =
  | { readonly op: 'characters'; readonly set: CodePointSet }
  | { readonly op: 'edge'; readonly edge: Edge }
  | { readonly op: 'look'; readonly program: Program; readonly negative: boolean }
  | { readonly op: 'jump'; readonly to: number }
  | { op: 'fork'; first: number; second: number }
  | { readonly op: 'match' }

/** An expression as steps, of which those with the highest preference that reach `match` win. */
export type Program = readonly Step[]

/** Far more than patterns have; it bounds the time that a step through a text can take. */
const MAX_STEPS = 5000

/** @throws RangeError when the expression, with its repetitions written out, is too large */
export function toProgram(node: RegexNode): Program {
  const steps: Step[] = []
  emit(node, steps)
  add(steps, { op: 'match' })
  return steps
}

function add(steps: Step[], step: Step): void {
  if (steps.length === MAX_STEPS) {
    throw new RangeError(
      `pattern: expected at most ${MAX_STEPS} steps with repetitions written out, got more`,
    )
  }
  steps.push(step)
}

function emit(node: RegexNode, steps: Step[]): void {
  switch (node.type) {
    case 'characters':
      add(steps, { op: 'characters', set: node.set })
      return
    case 'edge':
      add(steps, { op: 'edge', edge: node })
      return
    case 'look':
      add(steps, { op: 'look', program: toProgram(node.body), negative: node.negative })
      return
    case 'sequence':
      for (const part of node.parts) emit(part, steps)
      return
    case 'either':
      emitChoices(node.choices, steps)
      return
    case 'repeat': {
      const { body, min, max, lazy } = node
      for (let i = 0; i < min; i++) emit(body, steps)
      if (max === Number.POSITIVE_INFINITY) {
        emitLoop(body, lazy, steps)
        return
      }
      const forks: Fork[] = []
      for (let i = min; i < max; i++) {
        forks.push(addFork(steps))
        emit(body, steps)
      }
      for (const fork of forks) aim(fork, lazy, steps.length)
      return
    }
    case 'atomic':
      throw new Error('toProgram: expected an expression without atomic groups')
  }
}

type Fork = Extract<Step, { op: 'fork' }>

/** A fork whose first way is the step behind it. */
function addFork(steps: Step[]): Fork {
  const fork: Fork = { op: 'fork', first: steps.length + 1, second: 0 }
  add(steps, fork)
  return fork
}

function aim(fork: Fork, lazy: boolean, second: number): void {
  fork.second = second
  if (lazy) [fork.first, fork.second] = [fork.second, fork.first]
}

/**
 * `e*` as `(?:e+)?`: where the body may take nothing, a round that does so goes on with what follows the loop, as in the
 * engines, and is not merely a way that leads nowhere.
 */
function emitLoop(body: RegexNode, lazy: boolean, steps: Step[]): void {
  const entry = addFork(steps)
  const to = steps.length
  emit(body, steps)
  const fork = addFork(steps)
  fork.first = to
  aim(fork, lazy, steps.length)
  aim(entry, lazy, steps.length)
}

function emitChoices(choices: readonly RegexNode[], steps: Step[]): void {
  const ends: number[] = []
  choices.forEach((choice, i) => {
    const fork = i < choices.length - 1 ? addFork(steps) : undefined
    emit(choice, steps)
    if (fork === undefined) return
    ends.push(steps.length)
    add(steps, { op: 'jump', to: 0 })
    aim(fork, false, steps.length)
  })
  for (const end of ends) steps[end] = { op: 'jump', to: steps.length }
}
