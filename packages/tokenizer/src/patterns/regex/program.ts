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

/** Far more than patterns have, looks counted with them; it bounds the time that a step through a text can take. */
const MAX_STEPS = 5000

/** Steps being written, and how many may still come: a look's program has steps of its own, but no room of its own. */
interface Writing {
  readonly steps: Step[]
  readonly room: { left: number }
}

/** @throws RangeError when the expression, with its repetitions written out, is too large */
export function toProgram(node: RegexNode): Program {
  return write(node, { left: MAX_STEPS })
}

function write(node: RegexNode, room: Writing['room']): Program {
  const writing: Writing = { steps: [], room }
  emit(node, writing)
  add(writing, { op: 'match' })
  return writing.steps
}

function add({ steps, room }: Writing, step: Step): void {
  if (room.left-- === 0) {
    throw new RangeError(
      `pattern: expected at most ${MAX_STEPS} steps with repetitions written out, got more`,
    )
  }
  steps.push(step)
}

function emit(node: RegexNode, writing: Writing): void {
  switch (node.type) {
    case 'characters':
      add(writing, { op: 'characters', set: node.set })
      return
    case 'edge':
      add(writing, { op: 'edge', edge: node })
      return
    case 'look':
      add(writing, { op: 'look', program: write(node.body, writing.room), negative: node.negative })
      return
    case 'sequence':
      for (const part of node.parts) emit(part, writing)
      return
    case 'either':
      emitChoices(node.choices, writing)
      return
    case 'repeat': {
      const { body, min, max, lazy } = node
      for (let i = 0; i < min; i++) {
        const before = writing.steps.length
        emit(body, writing)
        // Nothing, however often: repetitions of it in one another would take time without end.
        if (writing.steps.length === before) break
      }
      if (max === Number.POSITIVE_INFINITY) {
        emitLoop(body, lazy, writing)
        return
      }
      const forks: Fork[] = []
      for (let i = min; i < max; i++) {
        forks.push(addFork(writing))
        emit(body, writing)
      }
      for (const fork of forks) aim(fork, lazy, writing.steps.length)
      return
    }
    case 'atomic':
      throw new Error('toProgram: expected an expression without atomic groups')
  }
}

type Fork = Extract<Step, { op: 'fork' }>

/** A fork whose first way is the step behind it. */
function addFork(writing: Writing): Fork {
  const fork: Fork = { op: 'fork', first: writing.steps.length + 1, second: 0 }
  add(writing, fork)
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
function emitLoop(body: RegexNode, lazy: boolean, writing: Writing): void {
  const entry = addFork(writing)
  const to = writing.steps.length
  emit(body, writing)
  const fork = addFork(writing)
  fork.first = to
  aim(fork, lazy, writing.steps.length)
  aim(entry, lazy, writing.steps.length)
}

function emitChoices(choices: readonly RegexNode[], writing: Writing): void {
  const ends: number[] = []
  choices.forEach((choice, i) => {
    const fork = i < choices.length - 1 ? addFork(writing) : undefined
    emit(choice, writing)
    if (fork === undefined) return
    ends.push(writing.steps.length)
    add(writing, { op: 'jump', to: 0 })
    aim(fork, false, writing.steps.length)
  })
  for (const end of ends) writing.steps[end] = { op: 'jump', to: writing.steps.length }
}
