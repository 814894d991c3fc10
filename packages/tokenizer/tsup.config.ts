import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  dts: false,
  clean: true,
  sourcemap: true,
  treeshake: true,
  // Bundlers for browsers and edge runtimes know node: modules by this prefix.
  removeNodeProtocol: false,
})
