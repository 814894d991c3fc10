import { expect, test } from 'vitest'
import { compareContents } from './pack-contents.mjs'

/** @param {Record<string, string>} files */
const contents = (files) =>
  new Map(
    Object.entries({ 'package.json': '{}', ...files }).map(([name, text]) => [
      name,
      { hash: text, text },
    ]),
  )

test('the same files are fine, manifests may differ', () => {
  const files = { 'dist/index.js': 'a' }
  expect(
    compareContents('a', contents(files), contents({ ...files, 'package.json': '{ }' })),
  ).toEqual([])
})

test('refuses ranges only pnpm knows, from either client, and a tarball without a manifest', () => {
  const left = { 'package.json': '{"dependencies":{"b":"workspace:^"}}' }
  const problem = 'a: the packed package.json still says "workspace:^"'
  expect(compareContents('a', contents(left), contents({}))).toEqual([problem])
  expect(compareContents('a', contents({}), contents(left))).toEqual([problem])
  expect(compareContents('a', new Map(), new Map())).toHaveLength(2)
})

test('refuses files that differ or are only ours', () => {
  const ours = {
    'src/a.test.ts': '',
    'dist/.tsbuildinfo': '',
    'native/linux.node': '',
    'test/a.ts': '',
  }
  expect(compareContents('a', contents(ours), contents(ours))).toEqual(
    Object.keys(ours).map((file) => `a: ships ${file}`),
  )
  expect(compareContents('a', contents({ b: '1' }), contents({ b: '2' }))).toEqual([
    'a: npm and pnpm pack b differently',
  ])
  expect(compareContents('a', contents({}), contents({ b: '2' }))).toEqual([
    'a: npm and pnpm pack b differently',
  ])
})
