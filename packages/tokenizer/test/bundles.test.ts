import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** A program for browsers around an entry point, all in one file, without a platform that would bring Node's modules. */
async function bundle(entry: string, program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as entry from ${JSON.stringify(path(entry))}\n${program}`,
      resolveDir: path(''),
    },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    external: ['node:*', ...builtinModules],
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

function path(entry: string): string {
  return fileURLToPath(new URL(`../dist/${entry}`, import.meta.url))
}

/** Runs a script where there is what every browser and edge runtime has, and no `process`, `Buffer` or `require`. */
function run(script: string, webAssembly?: unknown): unknown {
  const results: unknown[] = []
  runInNewContext(
    script,
    globals((value) => results.push(value), webAssembly),
  )
  return results[0]
}

function globals(
  report: (value: unknown) => void,
  WebAssembly: unknown = Reflect.get(globalThis, 'WebAssembly'),
): object {
  return { TextEncoder, TextDecoder, WebAssembly, report }
}

/** As where a content security policy does not let WebAssembly compile. */
const forbidden = {
  Module: class {
    constructor() {
      throw new Error('refused to compile')
    }
  },
}

test.each([
  ['r50k.js', 'r50k', [31373, 995]],
  ['p50k.js', 'p50k', [31373, 995]],
  ['cl100k.js', 'cl100k', [15339, 1917]],
  ['o200k.js', 'o200k', [24912, 2375]],
])('%s runs in a browser, and names no module of Node', async (entry, name, ids) => {
  const program = `
    const ids = entry.${name}.encode('hello world')
    const long = 'hello world '.repeat(5000)
    report(JSON.stringify([Array.from(ids), entry.${name}.decode(entry.${name}.encode(long)) === long]))`
  const script = await bundle(entry, program)
  expect(script).not.toMatch(/["'`]node:/)
  expect(run(script)).toBe(JSON.stringify([ids, true]))
  expect(run(script, forbidden)).toBe(JSON.stringify([ids, true]))
})

test('the main entry runs in a browser: modules of Node are only asked for where files and workers are', async () => {
  const program = `
    const json = { version: '1.0', added_tokens: [], pre_tokenizer: null, decoder: { type: 'Fuse' },
      model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] } }
    entry.loadTokenizer(json).then((tokenizer) => report(tokenizer.encode('abba').join()))`
  const script = await bundle('index.js', program)
  const results: unknown[] = []
  runInNewContext(
    script,
    globals((value) => results.push(value)),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(results).toEqual(['0,1,1,0'])
})

test('a program that uses one vocabulary does not carry the others', async () => {
  const script = await bundle('r50k.js', "report(entry.r50k.encode('x').length)")
  expect(script.length).toBeLessThan(450_000)
  expect((await bundle('cl100k.js', 'report(entry.cl100k.kind)')).length).toBeLessThan(750_000)
})
