import type { Kernel } from '../kernel/kernel.js'
import { STARTS, WINDOW } from '../kernel/layout.js'
import type { PatternName } from '../patterns/patterns.js'
import { type PatternRule, patternOf } from '../patterns/rule.js'

/** Digits, and whether the tail is whole (1). */
const cl100kRules: Readonly<Partial<Record<PatternName, readonly [number, number]>>> = {
  cl100k: [3, 1],
  llama3: [3, 0],
  qwen2: [1, 0],
  nanochat: [2, 0],
}

/**
 * Cuts the `end` bytes of the kernel's window into pieces, whose starts it writes there, and behind them where the last
 * ends. Returns the number of pieces of which `last` or what is there makes sure where they end.
 */
export type KernelCut = (end: number, last: boolean) => number

/** The cut by a pattern: in the kernel where it knows the pattern, else by the scanner. */
export function kernelCut(kernel: Kernel, rule: PatternRule): KernelCut {
  if (rule === 'gpt2') return (end, last) => kernel.call('cutGpt2', end, last ? 1 : 0)
  if (rule === 'o200k') return (end, last) => kernel.call('cutO200k', end, last ? 1 : 0)
  const rules = typeof rule === 'string' ? cl100kRules[rule] : undefined
  if (rules !== undefined) {
    const [digits, wholeTail] = rules
    return (end, last) => kernel.call('cutCl100k', end, last ? 1 : 0, digits, wholeTail)
  }
  const { next } = patternOf(rule)
  return (end, last) => {
    const starts = STARTS >> 2
    const window = kernel.bytes.subarray(WINDOW, WINDOW + end)
    const { words } = kernel
    let count = 0
    let p = 0
    words[starts] = 0
    while (p < end) {
      p = next(window, p, end, last)
      if (p < 0) break
      words[starts + ++count] = p
    }
    return count
  }
}
