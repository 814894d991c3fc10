import { defineConfig } from 'vitest/config'

// `npm run parity`: comparisons with other systems, too slow or too heavy for `npm test`.
export default defineConfig({
  ssr: { resolve: { conditions: ['@llm/source'] } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['packages/*/test/parity/**/*.parity.ts', 'examples/*/test/parity/**/*.parity.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
