import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    document: 'src/document.ts',
    random: 'src/random.ts',
    tokens: 'src/tokens.ts',
    workers: 'src/workers.ts',
    // Started by mapInWorkers, which looks for it beside itself.
    worker: 'src/workers/worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: false,
  // tsup leaves dotfiles alone, and with an old .tsbuildinfo tsc would take the declarations for written.
  clean: ['.tsbuildinfo'],
  sourcemap: true,
  treeshake: true,
})
