import type { Document, Verdict } from '@llm/data'

/** Judges one document and says why. Pure: the same document always gets the same verdict. */
export type Rule = (document: Document) => Verdict

/** A verdict for `value >= minimum`; `what` completes "12 ...". */
export function atLeast(rule: string, value: number, minimum: number, what: string): Verdict {
  const keep = value >= minimum
  return {
    keep,
    rule,
    value,
    threshold: minimum,
    reason: `${figure(value)} ${what}, at least ${minimum} wanted`,
  }
}

/** A verdict for `value <= maximum`; `what` completes "0.4 ...". */
export function atMost(rule: string, value: number, maximum: number, what: string): Verdict {
  const keep = value <= maximum
  return {
    keep,
    rule,
    value,
    threshold: maximum,
    reason: `${figure(value)} ${what}, at most ${maximum} wanted`,
  }
}

/** Numbers for people: integers as they are, others with three significant digits. */
function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}
