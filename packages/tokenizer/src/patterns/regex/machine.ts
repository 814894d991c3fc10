import type { RegexClasses } from './classes.js'
import type { Program } from './program.js'

/** A set of steps that a match may have come to, the preferred first, before the next character is known. */
interface State {
  readonly steps: readonly number[]
  /** Class of the character before, where the program asks for it. */
  readonly before: number
  /** Look-aheads that may have to be answered here. */
  readonly looks: readonly number[]
}

/** Answers whether a look-ahead, by its step, holds at a place. */
export type Answer = (step: number) => boolean

/** No step is left. */
export const DEAD = 0
/** States are forgotten when there are more, so that memory stays bounded. */
const MAX_STATES = 4096

/**
 * Follows all ways through a program at once, preferred ones first, one state for each set of steps; states and the
 * transitions between them are made when first needed, and kept. Time per character is bounded by the program's length,
 * however it is written. "Regular Expression Matching Can Be Simple And Fast" (Cox, 2007).
 */
export class Machine {
  /** Grows by one when all states are forgotten: numbers of states from before mean nothing then. */
  generation = 0
  /** Steps taken to make transitions since it was last set to 0. */
  work = 0
  readonly usesBefore: boolean

  readonly #program: Program
  readonly #classes: RegexClasses
  readonly #characters: readonly (Uint8Array | undefined)[]
  readonly #before: readonly (Uint8Array | undefined)[]
  readonly #after: readonly (Uint8Array | undefined)[]
  readonly #seen: Uint32Array
  #visit = 0
  #states: State[] = []
  readonly #numbers = new Map<string, number>()
  /** State, shifted by one, and whether a match ends before the character; -1 where not known yet. */
  #table = new Int32Array(0)
  readonly #looked = new Map<string, number>()

  constructor(program: Program, classes: RegexClasses) {
    const { members } = classes
    this.#program = program
    this.#classes = classes
    this.#characters = program.map((step) =>
      step.op === 'characters' ? members(step.set) : undefined,
    )
    this.#before = program.map((step) =>
      step.op === 'edge' ? members(step.edge.before) : undefined,
    )
    this.#after = program.map((step) => (step.op === 'edge' ? members(step.edge.after) : undefined))
    this.#seen = new Uint32Array(program.length)
    this.usesBefore = program.some(
      (step, i) =>
        step.op === 'edge' && !(step.edge.start && this.#before[i]?.every((one) => one === 1)),
    )
    this.#forget()
  }

  /** The state in which a match begins, behind a character of class `before`, or of `classes.count` at the start of the text. */
  start(before: number): number {
    return this.#number([0], this.usesBefore ? before : 0)
  }

  /** Look-aheads that have to be answered for `next`. */
  looks(state: number): readonly number[] {
    return (this.#states[state] as State).looks
  }

  /**
   * Twice the state after a character of a class, `classes.count` at the end of the text, and 1 more where a match ends
   * before it.
   */
  next(state: number, after: number, answer: Answer): number {
    const { looks } = this.#states[state] as State
    if (looks.length > 0) return this.#nextWithLooks(state, after, looks, answer)
    const at = state * (this.#classes.count + 1) + after
    const known = this.#table[at] as number
    if (known >= 0) return known
    const { generation } = this
    const found = this.#step(state, after, answer)
    if (generation === this.generation) this.#table[at] = found
    return found
  }

  #nextWithLooks(state: number, after: number, looks: readonly number[], answer: Answer): number {
    const answers = looks.map((step) => answer(step))
    const key = `${state},${after},${answers.join()}`
    const known = this.#looked.get(key)
    if (known !== undefined) return known
    const { generation } = this
    const found = this.#step(state, after, (step) => answers[looks.indexOf(step)] === true)
    if (generation === this.generation) this.#looked.set(key, found)
    return found
  }

  #step(state: number, after: number, answer: Answer): number {
    const { steps, before } = this.#states[state] as State
    const next: number[] = []
    const { reached, matched } = this.#follow(steps, before, after, answer)
    if (after < this.#classes.count) {
      for (const step of reached) if (this.#characters[step]?.[after] === 1) next.push(step + 1)
    }
    return this.#number(next, this.usesBefore ? after : 0) * 2 + (matched ? 1 : 0)
  }

  /** The steps that wait for a character, preferred ones first, as far as the first that is a match. */
  #follow(
    steps: readonly number[],
    before: number,
    after: number,
    answer: Answer,
  ): { reached: number[]; matched: boolean } {
    const end = this.#classes.count
    const seen = this.#seen
    const visit = ++this.#visit
    const reached: number[] = []
    const stack = [...steps].reverse()
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === visit) continue
      seen[at] = visit
      this.work++
      const step = this.#program[at] as Program[number]
      if (step.op === 'match') return { reached, matched: true }
      if (step.op === 'characters') reached.push(at)
      else if (step.op === 'jump') stack.push(step.to)
      else if (step.op === 'fork') stack.push(step.second, step.first)
      else if (step.op === 'look') {
        if (answer(at)) stack.push(at + 1)
      } else {
        const { start, end: atEnd } = step.edge
        const behind = before === end ? start : this.#before[at]?.[before] === 1
        const ahead = after === end ? atEnd : this.#after[at]?.[after] === 1
        if (!this.usesBefore ? ahead : behind && ahead) stack.push(at + 1)
      }
    }
    return { reached, matched: false }
  }

  #number(steps: readonly number[], before: number): number {
    if (steps.length === 0) return DEAD
    const key = `${before}:${steps.join()}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    if (this.#states.length === MAX_STATES) this.#forget()
    const number = this.#states.length
    this.#numbers.set(key, number)
    this.#states.push({ steps, before, looks: this.#looksFrom(steps) })
    const size = this.#states.length * (this.#classes.count + 1)
    if (size > this.#table.length) {
      const table = new Int32Array(size * 2).fill(-1)
      table.set(this.#table)
      this.#table = table
    }
    return number
  }

  /** The look-aheads that steps can come to, whatever the edges on the way say. */
  #looksFrom(steps: readonly number[]): number[] {
    const seen = this.#seen
    const visit = ++this.#visit
    const looks: number[] = []
    const stack = [...steps]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === visit) continue
      seen[at] = visit
      this.work++
      const step = this.#program[at] as Program[number]
      if (step.op === 'look') looks.push(at)
      if (step.op === 'jump') stack.push(step.to)
      else if (step.op === 'fork') stack.push(step.second, step.first)
      else if (step.op === 'look' || step.op === 'edge') stack.push(at + 1)
    }
    return looks
  }

  #forget(): void {
    this.generation++
    this.#states = [{ steps: [], before: 0, looks: [] }]
    this.#numbers.clear()
    this.#looked.clear()
    this.#table = new Int32Array(16 * (this.#classes.count + 1)).fill(-1)
  }
}
