import { codePoint, width } from '../utf8.js'
import type { RegexClasses } from './classes.js'
import { DEAD, Machine } from './machine.js'
import type { Program } from './program.js'

/** No match begins here. */
export const NONE = -2
/** What follows the known part of the text decides. */
export const UNDECIDED = -1

/** Finds matches in UTF-8 bytes. */
export interface Matcher {
  /**
   * Where the match that begins at `start` ends, NONE, or, unless the text is known to its `last` byte at `end`, UNDECIDED.
   * The bytes are those of the calls since the last `reset`.
   */
  matchEnd(bytes: Uint8Array, start: number, end: number, last: boolean): number
  /** Forgets what it remembers of the bytes. */
  reset(): void
  /** Whether it asks for the character before a place. */
  readonly looksBehind: boolean
}

/** How far apart places are where it remembers what came of a state. */
const SPACING = 64
const MAX_REMEMBERED = 1 << 20
/** Steps for new states, beyond what comes with the length of the text: some seconds. */
const MAX_WORK = 5e7
const WORK_PER_BYTE = 100

/**
 * Time is linear in the text for all calls on the same bytes together: what comes of a state at a place does not
 * depend on how the match came there, and is remembered at some places, so that no stretch is read over and over.
 */
export function regexMatcher(program: Program, classes: RegexClasses): Matcher {
  const { table, count } = classes
  const machine = new Machine(program, classes)
  const ascii = table.subarray(0, 128)
  const looks = program.map((step) =>
    step.op === 'look'
      ? { matcher: regexMatcher(step.program, classes), negative: step.negative }
      : undefined,
  )
  const looksBehind = machine.usesBefore || looks.some((look) => look?.matcher.looksBehind === true)
  /** By place and state: where the match ends, if it has not ended before the place. */
  const known = new Map<number, number>()
  let generation = machine.generation
  let undecided = false

  function reset(): void {
    known.clear()
    machine.work = 0
    for (const look of looks) look?.matcher.reset()
  }

  function matchEnd(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    check(end)
    let state = machine.start(machine.usesBefore ? classBefore(bytes, start) : 0)
    const born = machine.generation
    let found = NONE
    let p = start
    let nextCheck = p + SPACING - (p % SPACING)
    let passed: number[] | undefined
    const answer = (step: number): boolean => holds(step, bytes, p, end, last)
    undecided = false
    for (;;) {
      if (p >= end && !last) return UNDECIDED
      if (p >= nextCheck) {
        nextCheck = p + SPACING - (p % SPACING)
        check(end)
        const key = p * 4096 + state
        const later = known.get(key)
        if (later !== undefined) {
          if (later !== NONE) found = later
          break
        }
        passed ??= []
        passed.push(key)
      }
      const lead = bytes[p] as number
      const kind =
        p >= end
          ? count
          : lead < 128
            ? (ascii[lead] as number)
            : (table[codePoint(bytes, p)] as number)
      const next = machine.next(state, kind, answer)
      if (undecided) return UNDECIDED
      if ((next & 1) === 1) found = p
      state = next >> 1
      if (state === DEAD) break
      p += width(lead)
    }
    // States made anew on the way have other numbers.
    if (passed !== undefined && born === machine.generation) remember(passed, found)
    return found
  }

  /** Notes for the places passed where the match ends, if that is there or beyond. */
  function remember(passed: readonly number[], found: number): void {
    for (const key of passed) known.set(key, found >= Math.floor(key / 4096) ? found : NONE)
  }

  function check(end: number): void {
    if (generation !== machine.generation || known.size > MAX_REMEMBERED) {
      generation = machine.generation
      known.clear()
    }
    if (machine.work > MAX_WORK + WORK_PER_BYTE * end) {
      throw new RangeError(
        'pattern: expected a pattern with few states, got one that takes too long for this text; write it with fewer repetitions inside repetitions',
      )
    }
  }

  function holds(step: number, bytes: Uint8Array, p: number, end: number, last: boolean): boolean {
    const look = looks[step]
    if (look === undefined) return false
    const found = look.matcher.matchEnd(bytes, p, end, last)
    if (found === UNDECIDED) undecided = true
    return found >= 0 !== look.negative
  }

  function classBefore(bytes: Uint8Array, start: number): number {
    if (start === 0) return count
    let p = start - 1
    while (((bytes[p] as number) & 0xc0) === 0x80) p--
    const lead = bytes[p] as number
    return lead < 128 ? (ascii[lead] as number) : (table[codePoint(bytes, p)] as number)
  }

  return { matchEnd, reset, looksBehind }
}
