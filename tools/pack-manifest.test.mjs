import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addPlatforms,
  prepare,
  readVersions,
  resolveManifest,
  restore,
  restoreInterrupted,
} from './pack-manifest.mjs'

const known = { catalog: { vitest: '4.1.12' }, versions: { '@llm/data': '0.3.1' } }
const original = `${JSON.stringify({ name: 'a', version: '0.0.0', dependencies: { '@llm/data': 'workspace:^' } }, null, 4)}\n`

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pack-'))
  writeFileSync(join(directory, 'package.json'), original)
})
afterEach(() => rmSync(directory, { recursive: true }))

const manifest = () => readFileSync(join(directory, 'package.json'), 'utf8')

test.each([
  ['workspace:^', '^0.3.1'],
  ['workspace:~', '~0.3.1'],
  ['workspace:*', '0.3.1'],
  ['workspace:^0.2.0', '^0.2.0'],
  ['1.0.0', '1.0.0'],
])('%s becomes %s', (range, expected) => {
  const resolved = resolveManifest(
    { name: 'a', version: '0.0.0', dependencies: { '@llm/data': range } },
    known,
  )
  expect(resolved.dependencies).toEqual({ '@llm/data': expected })
})

test('a catalog range becomes its version', () => {
  const resolved = resolveManifest(
    { name: 'a', version: '0.0.0', devDependencies: { vitest: 'catalog:' } },
    known,
  )
  expect(resolved.devDependencies).toEqual({ vitest: '4.1.12' })
})

test.each(['workspace:^', 'catalog:', 'catalog:old'])('refuses %s of an unknown name', (range) => {
  const unknown = { name: 'a', version: '0.0.0', dependencies: { unknown: range } }
  expect(() => resolveManifest(unknown, known)).toThrow(
    `pack-manifest: cannot resolve unknown: ${range}`,
  )
})

test('names the platform packages in the kernels only', () => {
  const names = ['@llm/kernels-linux-x64']
  const main = { name: '@llm/kernels', version: '0.2.0' }
  expect(addPlatforms(main, names).optionalDependencies).toEqual({
    '@llm/kernels-linux-x64': '0.2.0',
  })
  expect(addPlatforms(main, [])).toBe(main)
  expect(addPlatforms({ name: '@llm/data', version: '0.2.0' }, names)).not.toHaveProperty(
    'optionalDependencies',
  )
})

test('the original comes back byte for byte', () => {
  prepare(directory, known)
  expect(JSON.parse(manifest()).dependencies).toEqual({ '@llm/data': '^0.3.1' })
  restore(directory)
  expect(manifest()).toBe(original)
  restore(directory)
  expect(manifest()).toBe(original)
})

test('a pack after an interrupted one still keeps the original', () => {
  prepare(directory, known)
  prepare(directory, known)
  restore(directory)
  expect(manifest()).toBe(original)
})

test('does not overwrite an edit made after an interrupted pack', () => {
  prepare(directory, known)
  writeFileSync(join(directory, 'package.json'), '{}')
  expect(() => restore(directory)).toThrow('pack-manifest: expected')
  expect(manifest()).toBe('{}')
})

test('restores an interrupted pack, leaves a running one alone', () => {
  prepare(directory, known)
  restoreInterrupted(directory)
  expect(manifest()).not.toBe(original)
  utimesSync(join(directory, 'node_modules', '.package.json.packing'), 0, 0)
  restoreInterrupted(directory)
  expect(manifest()).toBe(original)
})

test('reads the versions of this repository', () => {
  const { catalog, versions } = readVersions()
  expect(catalog).toMatchObject({ vitest: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  expect(versions).toMatchObject({ '@llm/data': expect.stringMatching(/^\d+\.\d+\.\d+/) })
})
