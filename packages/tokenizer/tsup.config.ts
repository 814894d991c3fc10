import { defineConfig } from 'tsup'
import { vocabularyPlugin } from './scripts/vocabulary-plugin.js'

export default defineConfig({
  entry: ['src/index.ts', 'src/r50k.ts', 'src/p50k.ts', 'src/cl100k.ts', 'src/o200k.ts'],
  format: 'esm',
  target: 'node20',
  dts: false,
  // tsup leaves dotfiles alone, and with an old .tsbuildinfo tsc would take the declarations for written.
  clean: ['.tsbuildinfo'],
  sourcemap: true,
  treeshake: true,
  // Bundlers for browsers and edge runtimes know node: modules by this prefix.
  removeNodeProtocol: false,
  esbuildPlugins: [vocabularyPlugin],
})
