// Imports of gpt-tokenizer/data/*.tiktoken become packed vocabularies: a plugin of the build.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Options } from 'tsup'
import { readTiktoken } from '../src/formats/tiktoken.js'
import {
  cl100kFile,
  o200kFile,
  type PublishedFile,
  p50kFile,
  r50kFile,
} from '../src/published/openai.js'
import { packVocabulary } from '../src/published/pack.js'

/** The vocabularies by name, and how many merges one shares with that of which it is a continuation. */
const files: ReadonlyMap<string, { file: PublishedFile; shared: number }> = new Map([
  ['r50k_base', { file: r50kFile, shared: 0 }],
  ['p50k_base', { file: p50kFile, shared: 50_000 }],
  ['cl100k_base', { file: cl100kFile, shared: 0 }],
  ['o200k_base', { file: o200kFile, shared: 0 }],
])

export const vocabularyPlugin: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'published vocabularies',
  setup(build) {
    const require = createRequire(import.meta.url)
    build.onResolve({ filter: /\.tiktoken$/ }, ({ path }) => ({ path: require.resolve(path) }))
    build.onLoad({ filter: /\.tiktoken$/ }, async ({ path }) => {
      const { file, shared } = known(path)
      const content = await readFile(path)
      const sha256 = createHash('sha256').update(content).digest('hex')
      if (sha256 !== file.sha256) {
        throw new Error(`build: expected SHA-256 ${file.sha256} of ${path}, got ${sha256}`)
      }
      return { contents: packVocabulary(readTiktoken(content, file), shared), loader: 'base64' }
    })
  },
}

function known(path: string): { file: PublishedFile; shared: number } {
  for (const [name, entry] of files) if (path.endsWith(`${name}.tiktoken`)) return entry
  throw new Error(`build: expected one of ${[...files.keys()].join(', ')}, got ${path}`)
}
