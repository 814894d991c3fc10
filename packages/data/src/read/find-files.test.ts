import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFiles } from './find-files.js'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'data-find-'))
  await mkdir(join(cwd, 'b/deep'), { recursive: true })
  await mkdir(join(cwd, 'empty'))
  for (const name of ['Z.txt', 'a.txt', 'é.txt', 'b/x.txt', 'b/deep/y.txt', 'b/z.md', '[1].txt']) {
    await writeFile(join(cwd, name), name)
  }
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const names = async (patterns: string | string[], extensions = ['.txt']) =>
  (await findFiles('test', patterns, { cwd, extensions })).map((file) => file.name)

test('globs are sorted by code units, folders give the files of a known kind', async () => {
  expect(await names('*.txt')).toEqual(['Z.txt', '[1].txt', 'a.txt', 'é.txt'])
  expect(await names('b')).toEqual(['b/deep/y.txt', 'b/x.txt'])
  expect(await names('b/')).toEqual(['b/deep/y.txt', 'b/x.txt'])
  expect(await names('**/*')).toHaveLength(7)
})

test('patterns keep their order, no file comes twice, and ! takes away', async () => {
  expect(await names(['b/*.txt', '**/*.txt', '!a.txt'])).toEqual([
    'b/x.txt',
    'Z.txt',
    '[1].txt',
    'b/deep/y.txt',
    'é.txt',
  ])
  expect(await names(['a.txt', '*.txt', '!**/é.txt'])).toEqual(['a.txt', 'Z.txt', '[1].txt'])
  expect(await names(['b', '!b/deep/**'])).toEqual(['b/x.txt'])
})

test('an existing path is taken literally, absolute paths are named relative to cwd', async () => {
  expect(await names('[1].txt')).toEqual(['[1].txt'])
  expect(await names(join(cwd, 'a.txt'))).toEqual(['a.txt'])
  expect(await names(`${cwd}/b/**/*.txt`)).toEqual(['b/deep/y.txt', 'b/x.txt'])
})

test('what matches nothing is an error', async () => {
  await expect(names('*.json')).rejects.toThrow(
    /^test: expected files for "\*\.json" in .*, got none/,
  )
  await expect(names(['a.txt', 'none/*'])).rejects.toThrow('"none/*"')
  await expect(names('empty')).rejects.toThrow('"empty"')
  await expect(names([])).rejects.toThrow('expected a file pattern')
  await expect(names('!a.txt')).rejects.toThrow('expected a file pattern')
})

test('a circle of links ends', async () => {
  await symlink(cwd, join(cwd, 'b/deep/loop'))
  try {
    expect(await names('**/y.txt')).toContain('b/deep/y.txt')
  } finally {
    await rm(join(cwd, 'b/deep/loop'))
  }
})
