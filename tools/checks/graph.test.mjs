import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkGraph } from './graph.mjs'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'graph-'))
})
afterEach(() => rmSync(base, { recursive: true }))

/** @param {string} path @param {string} text */
function file(path, text) {
  mkdirSync(dirname(join(base, path)), { recursive: true })
  writeFileSync(join(base, path), text)
}

/** @param {string} name @param {object} [more] */
function member(name, more = {}) {
  const exports = {
    '.': './dist/index.js',
    ...(name === 'data' && { './random': './dist/random.js' }),
  }
  file(
    `packages/${name}/package.json`,
    JSON.stringify({ name: `@llm/${name}`, version: '0.0.0', exports, ...more }),
  )
}

const workspace = 'workspace:^'

test('accepts the arrows of the design', () => {
  member('data')
  member('clean', { dependencies: { '@llm/data': workspace } })
  file(
    'packages/clean/src/index.ts',
    "export type { Document } from '@llm/data'\nimport './a.js'\n",
  )
  member('kernels')
  member('tensor', {
    dependencies: { '@llm/kernels': workspace },
    devDependencies: { '@llm/data': workspace },
  })
  file('packages/tensor/src/index.ts', "import { random } from '@llm/data/random'\n")
  file('examples/a/src/main.ts', "import { random } from '@llm/data/random'\n")
  expect(checkGraph(base).problems).toEqual([])
})

test('refuses a forbidden arrow in a package.json', () => {
  member('data', { dependencies: { '@llm/tensor': workspace } })
  member('model', { devDependencies: { '@llm/data': workspace } })
  member('new')
  expect(checkGraph(base).problems).toEqual([
    '@llm/data: package.json depends on @llm/tensor',
    '@llm/model: package.json develops with @llm/data',
    '@llm/new is not in allowedDependencies of tools/checks/graph.mjs',
  ])
})

test.each([
  ['clean', "import { gpt2 } from '@llm/model'", 'imports @llm/model'],
  ['clean', "export * from '@llm/dedup'", 'imports @llm/dedup'],
  ['clean', "export type A = import('@llm/tokenizer').A", 'imports @llm/tokenizer'],
  ['clean', "const a = await import('@tensorflow/tfjs')", '@tensorflow/tfjs in the text lane'],
  ['clean', "import { a } from '../../data/src/a.js'", '../../data/src/a.js leaves the package'],
  ['clean', "import { a } from '@llm/data/src/a.js'", '@llm/data/src/a.js is not a public name'],
  ['tensor', "import { pipe } from '@llm/data'", 'imports @llm/data'],
])('refuses in %s: %s', (name, source, problem) => {
  member('data')
  member(name, name === 'clean' ? { dependencies: { '@llm/data': workspace } } : {})
  file(`packages/${name}/src/a.ts`, `${source}\n`)
  expect(checkGraph(base).problems).toEqual([`packages/${name}/src/a.ts: ${problem}`])
})

test('refuses an import that package.json does not declare, in what is shipped only', () => {
  member('data')
  member('clean', { devDependencies: { '@llm/data': workspace } })
  file('packages/clean/src/a.ts', "import { pipe } from '@llm/data'\n")
  file('packages/clean/src/a.test.ts', "import { pipe } from '@llm/data'\n")
  expect(checkGraph(base).problems).toEqual([
    'packages/clean/src/a.ts: imports @llm/data, which package.json does not declare',
  ])
})

test('refuses private names in examples', () => {
  member('data')
  file(
    'examples/a/main.ts',
    "import '../../packages/data/src/a.js'\nimport '@llm/data/dist/a.js'\n",
  )
  expect(checkGraph(base).problems).toEqual([
    'examples/a/main.ts: ../../packages/data/src/a.js is not a public name',
    'examples/a/main.ts: @llm/data/dist/a.js is not a public name',
  ])
})
