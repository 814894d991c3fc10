import type { AlignedText } from '../model.js'
import { AlignedBuilder } from './aligned-builder.js'

/** Text that is its own source. The units of a surrogate pair have the span of the character. */
export function unchanged(text: string): AlignedText {
  const out = new AlignedBuilder()
  out.keep(text, 0, text.length)
  return out.take()
}

/** `after` aligned to the source of the text that it was made from. */
export function compose(before: AlignedText, after: AlignedText): AlignedText {
  const { length } = after.text
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const start = after.starts[i] as number
    const end = after.ends[i] as number
    starts[i] = sourceStart(before, start)
    ends[i] = sourceEnd(before, start, end)
  }
  return { text: after.text, starts, ends }
}

/** A part of a text, aligned to the same source. */
export function slice(
  { text, starts, ends }: AlignedText,
  start: number,
  end: number,
): AlignedText {
  return {
    text: text.slice(start, end),
    starts: Array.prototype.slice.call(starts, start, end),
    ends: Array.prototype.slice.call(ends, start, end),
  }
}

/** Where the part of the source starts that stands behind units from `start` on. */
export function sourceStart({ starts, ends }: AlignedText, start: number): number {
  if (start < starts.length) return starts[start] as number
  return starts.length === 0 ? 0 : (ends[ends.length - 1] as number)
}

/** Where it ends; behind no units it is empty. */
export function sourceEnd(aligned: AlignedText, start: number, end: number): number {
  return end > start ? (aligned.ends[end - 1] as number) : sourceStart(aligned, start)
}
