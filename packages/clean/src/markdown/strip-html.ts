/**
 * Takes HTML out of Markdown: comments, tags, `<https://...>` links, and scripts and styles with their content.
 *
 * Inline code (between backticks) is left alone. A block-level tag ends the line, a table cell becomes a tab. One pass:
 * what a search did not find once is not searched for again.
 */
export function stripHtml(markdown: string): string {
  if (!markdown.includes('<')) return markdown
  const find = finder(markdown)
  let result = ''
  let copied = 0
  for (let i = 0; i < markdown.length; ) {
    const character = markdown[i]
    if (character === '`') {
      i = codeEnd(markdown, i, find)
      continue
    }
    if (character !== '<') {
      i++
      continue
    }
    const next = markdown[i + 1] ?? ''
    let end = -1
    let replacement = ''
    if (markdown.startsWith('<!--', i)) end = find('-->', i + 4) + 3
    else if (/[a-zA-Z/]/.test(next)) {
      const close = find('>', i + 1)
      if (close !== -1) {
        const name = tagName(markdown, next === '/' ? i + 2 : i + 1)
        end = close + 1
        if (next !== '/' && (name === 'script' || name === 'style')) {
          const content = find(`</${name}`, end)
          if (content !== -1) end = content
        }
        replacement = blockTags.has(name) ? '\n' : name === 'td' || name === 'th' ? '\t' : ''
        // Text inside HTML is indented for looks; left indented it would be taken for code.
        if (replacement === '\n') end = skipIndent(markdown, end)
      }
    }
    if (end < i + 2) {
      i++
      continue
    }
    result += markdown.slice(copied, i) + replacement
    copied = end
    i = end
  }
  return result + markdown.slice(copied)
}

const blockTags: ReadonlySet<string> = /* @__PURE__ */ new Set(
  'br p div li ul ol dl dt dd tr table thead tbody h1 h2 h3 h4 h5 h6 details summary center blockquote pre hr'.split(
    ' ',
  ),
)

type Find = (what: string, from: number) => number

/** `indexOf` that remembers what is not there: many openings without an end cost one search, not many. */
function finder(text: string): Find {
  const missing = new Set<string>()
  return (what, from) => {
    if (missing.has(what)) return -1
    const at = text.indexOf(what, from)
    if (at === -1) missing.add(what)
    return at
  }
}

/** Index behind the inline code that starts at `start`, or behind its backticks when it has no end. */
function codeEnd(text: string, start: number, find: Find): number {
  let length = 1
  while (text[start + length] === '`') length++
  // Longer runs are code fences or nothing; looking for ever longer ones would take quadratic time.
  if (length > 3) return start + length
  const mark = '`'.repeat(length)
  let at = find(mark, start + length)
  while (at !== -1 && text[at + length] === '`') {
    let end = at + length
    while (text[end] === '`') end++
    at = find(mark, end)
  }
  if (at === -1) return start + length
  // Inline code does not reach over an empty line.
  const gap = text.indexOf('\n\n', start)
  return gap !== -1 && gap < at ? start + length : at + length
}

/** Index behind blanks, at most one line break, and blanks. */
function skipIndent(text: string, start: number): number {
  let at = start
  let lines = 0
  while (text[at] === ' ' || text[at] === '\t' || (text[at] === '\n' && lines++ === 0)) at++
  return at
}

/** Lower-case letters and digits from `start`, at most 12. */
function tagName(text: string, start: number): string {
  let end = start
  while (end < start + 12 && /[a-zA-Z0-9]/.test(text[end] ?? '')) end++
  return text.slice(start, end).toLowerCase()
}
