import { defineConfig } from 'tsup'
import { vocabularyPlugin } from './scripts/vocabulary-plugin.js'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    r50k: 'src/r50k.ts',
    p50k: 'src/p50k.ts',
    cl100k: 'src/cl100k.ts',
    o200k: 'src/o200k.ts',
    // Started by encodeItems, which looks for it beside itself.
    'encode-worker': 'src/workers/encode-worker.ts',
    // Started by countPieces, which looks for it beside itself.
    'count-worker': 'src/workers/count-worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: false,
  // tsup leaves dotfiles alone, and with an old .tsbuildinfo tsc would take the declarations for written.
  clean: ['.tsbuildinfo'],
  sourcemap: true,
  treeshake: true,
  // Bundlers for browsers and edge runtimes know node: modules by this prefix.
  removeNodeProtocol: false,
  // Copied in: to find and read another package's file takes a tenth of the time in which a vocabulary loads.
  noExternal: ['@llm/data/random'],
  esbuildPlugins: [vocabularyPlugin],
})
