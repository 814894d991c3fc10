import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkBundles } from './bundles.mjs'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'bundles-'))
  file(
    'node_modules/@tensorflow/tfjs/package.json',
    '{ "name": "@tensorflow/tfjs", "sideEffects": false }',
  )
  file('node_modules/@tensorflow/tfjs/index.js', 'export const tf = globalThis.tf')
  file(
    'node_modules/parser/package.json',
    '{ "name": "parser", "type": "module", "sideEffects": false }',
  )
  file(
    'node_modules/parser/index.js',
    'export const parse = globalThis.parse; export const other = 1',
  )
})
afterEach(() => rmSync(base, { recursive: true }))

/** @param {string} path @param {string} text */
function file(path, text) {
  mkdirSync(dirname(join(base, path)), { recursive: true })
  writeFileSync(join(base, path), text)
}

/** @param {string} name @param {string} source @param {Record<string, string>} [dependencies] */
function member(name, source, dependencies = {}) {
  const directory = `packages/${name}`
  file(
    `${directory}/package.json`,
    JSON.stringify({
      name: `@llm/${name}`,
      version: '0.0.0',
      type: 'module',
      sideEffects: false,
      exports: { '.': { default: './dist/index.js' } },
      dependencies,
    }),
  )
  file(`${directory}/dist/index.js`, source)
  mkdirSync(join(base, 'node_modules/@llm'), { recursive: true })
  symlinkSync(join(base, directory), join(base, 'node_modules/@llm', name))
}

test('finds TensorFlow.js in the text lane, also through another package', async () => {
  member('data', "export { tf } from '@tensorflow/tfjs'")
  member('clean', "import { tf } from '@llm/data'\nexport const a = () => tf")
  const { problems } = await checkBundles(base)
  expect(problems).toEqual([
    '@llm/clean: its bundle contains @tensorflow/tfjs',
    '@llm/data: its bundle contains @tensorflow/tfjs',
  ])
})

test('finds a text package in the tensor lane', async () => {
  member('data', "import { parse } from 'parser'\nexport const read = () => parse()", {
    parser: '1',
  })
  member('train', "import { read } from '@llm/data'\nexport const batch = () => read()")
  const { problems } = await checkBundles(base)
  expect(problems).toEqual(['@llm/train: its bundle contains parser'])
})

test('does not count what tree shaking removes', async () => {
  member(
    'data',
    "import { parse } from 'parser'\nexport const read = () => parse()\nexport const n = 1",
    {
      parser: '1',
    },
  )
  member('train', "import { n } from '@llm/data'\nexport const batch = () => n")
  expect(await checkBundles(base)).toEqual({ problems: [], detail: '2 entry points' })
})

test('a package that is not built is a problem', async () => {
  member('data', '')
  rmSync(join(base, 'packages/data/dist'), { recursive: true })
  const { problems } = await checkBundles(base)
  expect(problems).toEqual(['@llm/data: packages/data/dist/index.js is missing; build first'])
})
