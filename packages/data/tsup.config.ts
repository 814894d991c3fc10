import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    random: 'src/random.ts',
    // Started by mapInWorkers, which looks for it beside itself.
    worker: 'src/workers/worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: false,
  clean: true,
  sourcemap: true,
  treeshake: true,
})
