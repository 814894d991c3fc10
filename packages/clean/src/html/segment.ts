import { Tokenizer } from 'htmlparser2'
import type { Segments } from './block.js'
import { BlockBuilder } from './block-builder.js'
import { hint } from './hints.js'
import { Tag, tags } from './tags.js'

/** Characters of a class or id that are looked at. */
const maxHintLength = 200

/**
 * Cuts a page into blocks of text and the tree of elements that hold them.
 *
 * One pass over the tokens of htmlparser2; no recursion, at most 256 open elements, time proportional to the input
 * whatever the nesting. The tokenizer is used without the parser above it, whose stack takes quadratic time on deep
 * nesting.
 */
export function segment(html: string): Segments {
  const builder = new BlockBuilder()
  /** What is being skipped (`script`, `button` ...), how deep in itself, and the blocks opened inside it. */
  const skip = { name: '', depth: 0, blocks: 0 }
  let name = ''
  let bits = 0
  let attribute = ''
  let classes = ''

  const opened = (): void => {
    if (skip.depth > 0) {
      // Without </head>, the first element of the body ends the head.
      if (skip.name === 'head' && bits & Tag.block) skip.depth = 0
      else {
        if (name === skip.name) skip.depth++
        if (isBalanced(bits)) skip.blocks++
        return
      }
    }
    if (bits & Tag.dropped) Object.assign(skip, { name, depth: 1, blocks: 0 })
    else if (bits & Tag.block) builder.open(name, bits, hint(classes))
    else if (bits & Tag.link) builder.openLink()
    else if (bits & Tag.void) builder.lineBreak(name)
  }

  const closed = (closing: string): void => {
    const what = tags.get(closing) ?? 0
    if (skip.depth > 0) {
      if (closing === skip.name) skip.depth--
      if (isBalanced(what) && --skip.blocks < 0) skip.depth = 0
      if (skip.depth > 0 || closing === skip.name) return
    }
    if (what & Tag.block) builder.close(closing)
    else if (what & Tag.link) builder.closeLink()
  }

  const tokenizer = new Tokenizer(
    {},
    {
      ontext: (start, end) => {
        if (skip.depth === 0) builder.append(html.slice(start, end))
      },
      ontextentity: (codePoint) => {
        if (skip.depth === 0) builder.append(String.fromCodePoint(codePoint))
      },
      onopentagname(start, end) {
        name = tagName(html, start, end)
        bits = tags.get(name) ?? 0
        classes = ''
      },
      onattribname(start, end) {
        attribute =
          end - start > 8 || !(bits & Tag.block) ? '' : html.slice(start, end).toLowerCase()
      },
      onattribdata(start, end) {
        if (!hintAttributes.has(attribute) || classes.length >= maxHintLength) return
        classes += ` ${html.slice(start, Math.min(end, start + maxHintLength))}`
      },
      onattribentity() {},
      onattribend() {},
      onopentagend: opened,
      // HTML ignores the slash of <div/>.
      onselfclosingtag: opened,
      onclosetag: (start, end) => closed(tagName(html, start, end)),
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return builder.end()
}

const hintAttributes: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'class',
  'id',
  'role',
  'itemprop',
])

/** Block elements whose end tags authors do write. */
function isBalanced(bits: number): boolean {
  return (bits & Tag.block) !== 0 && (bits & (Tag.paragraph | Tag.item | Tag.row | Tag.cell)) === 0
}

/** Lower-case name of at most 12 characters: no tag that matters is longer. */
function tagName(html: string, start: number, end: number): string {
  return html.slice(start, Math.min(end, start + 12)).toLowerCase()
}
