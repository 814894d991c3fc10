import type { Section } from '../added-tokens/cut-added.js'
import type { AddedToken } from '../model.js'

/** Cuts a text at tokens by a regular expression of their names, then takes white space along: what Hugging Face's tokenizers do. */
export function cutAddedReference(tokens: readonly AddedToken[], text: string): Section[] {
  const names = tokens
    .map(({ content }) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .sort((a, b) => b.length - a.length)
  const out: Section[] = []
  let done = 0
  const regex = new RegExp(names.length === 0 ? '(?!)' : names.join('|'), 'gu')
  for (;;) {
    const match = regex.exec(text)
    if (match === null) break
    const { 0: name, index } = match
    const token = tokens.find(({ content }) => content === name)!
    const before = text.slice(0, index)
    const after = text.slice(index + name.length)
    if (token.singleWord && (/[\p{L}\p{N}_]$/u.test(before) || /^[\p{L}\p{N}_]/u.test(after)))
      continue
    const start = token.lstrip ? Math.max(done, before.trimEnd().length) : index
    const end = text.length - (token.rstrip ? after.trimStart().length : after.length)
    if (start > done) out.push({ id: -1, start: done, end: start })
    out.push({ id: token.id, start, end })
    done = end
    regex.lastIndex = Math.max(regex.lastIndex, done)
  }
  if (done < text.length || out.length === 0) out.push({ id: -1, start: done, end: text.length })
  return out
}
