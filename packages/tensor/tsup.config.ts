import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  dts: false,
  clean: true,
  sourcemap: true,
  treeshake: true,
  // The generator of @llm/data is copied into the build, from its source: tensor may not depend on data at run time,
  // and its keys must agree with it.
  noExternal: ['@llm/data'],
  esbuildOptions: (options) => {
    options.conditions = ['@llm/source']
  },
})
