// What a program carries that uses a tokenizer: its entry point and a vocabulary bundled, minified, compressed with brotli.
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { bundleOptions } from '../../tools/checks/bundles.mjs'
import { root, workspaces } from '../../tools/run/root.mjs'
import { packageVersion } from '../package-version.mjs'
import { serve } from '../serve.mjs'

const { system, vocabulary } = JSON.parse(process.argv[2])
const version =
  system === 'ours'
    ? JSON.parse(readFileSync(`${root}/packages/tokenizer/package.json`, 'utf8')).version
    : packageVersion(system)

const programs = {
  ours: `export * from '@llm/tokenizer${vocabulary === undefined ? '' : `/${vocabulary}`}'`,
  'gpt-tokenizer': `export * from 'gpt-tokenizer/encoding/${vocabulary}_base'`,
  // The way that needs no file at run time.
  'npm:tiktoken': `
    export * from 'tiktoken/lite/init'
    export { default as wasm } from 'tiktoken/lite/tiktoken_bg.wasm'
    export { default as ranks } from 'tiktoken/encoders/${vocabulary}_base.json'`,
  'js-tiktoken': `
    export { Tiktoken } from 'js-tiktoken/lite'
    export { default as ranks } from 'js-tiktoken/ranks/${vocabulary}_base'`,
  'ai-tokenizer': `
    export { Tokenizer } from 'ai-tokenizer'
    export * as encoding from 'ai-tokenizer/encoding/${vocabulary}_base'`,
}

async function weigh() {
  const { outputFiles } = await build({
    ...bundleOptions(workspaces('packages', root)),
    stdin: { contents: programs[system], resolveDir: import.meta.dirname },
    loader: { '.wasm': 'binary' },
    write: false,
    logLevel: 'error',
  })
  const bytes = Buffer.concat(outputFiles.map(({ contents }) => contents))
  return { value: brotliCompressSync(bytes).length / 1000 }
}

await serve({ [system === 'ours' ? '@llm/tokenizer' : system]: version }, weigh)
