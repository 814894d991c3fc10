import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  dts: false,
  // tsup leaves dotfiles alone, and with an old .tsbuildinfo tsc would take the declarations for written.
  clean: ['.tsbuildinfo'],
  sourcemap: true,
  treeshake: true,
})
