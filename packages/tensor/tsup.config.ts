import { defineConfig } from 'tsup'

export default defineConfig({
  // llm-tensorflow is a program of its own.
  entry: { index: 'src/index.ts', 'build-tensorflow': 'src/build-tensorflow/main.ts' },
  format: 'esm',
  target: 'node20',
  dts: false,
  // tsup leaves dotfiles alone, and with an old .tsbuildinfo tsc would take the declarations for written.
  clean: ['.tsbuildinfo'],
  sourcemap: true,
  treeshake: true,
  // The generator of @llm/data is copied into the build, from its source: tensor may not depend on data at run time,
  // and its keys must agree with it.
  noExternal: ['@llm/data'],
  esbuildOptions: (options) => {
    options.conditions = ['@llm/source']
  },
})
