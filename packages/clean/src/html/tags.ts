/** What the segmenter does at a tag, as bits. */
export const Tag = {
  /** Ends the current block and has a place in the tree. */
  block: 1,
  /** Its content is never text of the page. */
  dropped: 2,
  /** h1 to h6. */
  heading: 4,
  item: 8,
  row: 16,
  cell: 32,
  pre: 64,
  /** Usually navigation and the like: what is inside has to prove itself. */
  boilerplate: 128,
  /** Usually the content itself. */
  content: 256,
  /** Void: never has an end tag. */
  void: 512,
  link: 1024,
  paragraph: 2048,
} as const

const list = (names: string, bits: number): [string, number][] =>
  names.split(' ').map((name) => [name, bits])

/** Tags that matter; all others are inline and change nothing. */
export const tags: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ...list(
    'html body div section center fieldset blockquote dl ol ul address details summary figure hgroup table ' +
      'tbody thead tfoot caption article-body dir frameset',
    Tag.block,
  ),
  ...list('p', Tag.block | Tag.paragraph),
  ...list('main article', Tag.block | Tag.content),
  ...list('header footer nav aside menu form figcaption', Tag.block | Tag.boilerplate),
  ...list('h1 h2 h3 h4 h5 h6', Tag.block | Tag.heading),
  ...list('li dt dd', Tag.block | Tag.item),
  ...list('tr', Tag.block | Tag.row),
  ...list('td th', Tag.block | Tag.cell),
  ...list('pre listing xmp', Tag.block | Tag.pre),
  ...list(
    'head script style noscript template iframe svg math canvas object applet audio video map select datalist button ' +
      'textarea noframes noembed dialog',
    Tag.dropped,
  ),
  ...list('br hr', Tag.void),
  ...list('a', Tag.link),
])

/** An opening tag of the first kind ends an open element of the second: end tags that HTML lets authors leave out. */
export const impliedEnds: ReadonlyMap<string, readonly string[]> = /* @__PURE__ */ new Map([
  ['li', ['li']],
  ['dt', ['dt', 'dd']],
  ['dd', ['dt', 'dd']],
  ['tr', ['tr', 'td', 'th']],
  ['td', ['td', 'th']],
  ['th', ['td', 'th']],
])

/** Where the search for an element to end stops: a list item inside a nested list does not end the outer one. */
export const scopes: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'ul',
  'ol',
  'dl',
  'table',
  'menu',
  'dir',
])
