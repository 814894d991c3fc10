import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkFiles } from './files.mjs'
import { anchorsOf, checkLinks } from './links.mjs'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'files-'))
  execFileSync('git', ['init', '-q'], { cwd: base })
})
afterEach(() => rmSync(base, { recursive: true }))

/** @param {string} name @param {string} text */
const file = (name, text) => writeFileSync(join(base, name), text)

test('a large file is a problem, an ignored one is not', () => {
  file('.gitignore', 'ignored.txt')
  file('ignored.txt', 'a'.repeat(1_000_001))
  file('large.txt', 'a'.repeat(1_000_001))
  file('small.txt', 'a'.repeat(1_000_000))
  expect(checkFiles(base).problems).toEqual([
    'large.txt: 1000001 bytes, at most 1000000 are allowed',
  ])
})

test.each([
  ['a.txt', `cd /${'home'}/anna/llm`],
  ['a.txt', `"/${'Users'}/anna"`],
  ['a.txt', `C:\\${'Users'}\\anna`],
  ['pnpm-lock.yaml', `{integrity: x, tarball: ${'https'}://somewhere.example/a.tgz}`],
])('what belongs to one machine is a problem, in %s: %s', (name, text) => {
  file(name, `first\n${text}\n`)
  expect(checkFiles(base).problems).toEqual([
    expect.stringMatching(/^[\w.-]+:2: .* belongs to one machine$/),
  ])
})

test.each(['https://example.com/home/page', 'a/work/b', './root/x', '/home/me/a.txt'])(
  '%s is no machine path',
  (text) => {
    file('a.txt', text)
    expect(checkFiles(base).problems).toEqual([])
  },
)

test('links to files and headings that are not there', () => {
  file(
    'a.md',
    '# Title\n[1](b.md) [2](b.md#two) [3](#title) [4](c.md) [5](b.md#three) [6](#none)\n',
  )
  file('b.md', '## Two\n')
  expect(checkLinks(base)).toEqual({
    problems: [
      'a.md: c.md: no c.md',
      'a.md: b.md#three: no heading #three',
      'a.md: #none: no heading #none',
    ],
    detail: '6 links in 2 pages',
  })
})

test('code and other sites are not followed', () => {
  file('a.md', '`[1](no.md)`\n```md\n[2](no.md)\n```\n[3](https://example.com) [4](mailto:a@b.c)\n')
  expect(checkLinks(base).detail).toBe('0 links in 1 pages')
})

test('anchors as GitHub makes them', () => {
  expect(anchorsOf('# A `b` & C!\n## Same\n## Same\n```\n# no\n```\n')).toEqual([
    'a-b--c',
    'same',
    'same-1',
  ])
})
