import { fileURLToPath } from 'node:url'
import { doctest } from 'vite-plugin-doctest'
import { defineProject } from 'vitest/config'

/** The test settings every package shares: sources instead of builds, unit tests, type tests and documentation examples. */
export function project(name: string): ReturnType<typeof defineProject> {
  return defineProject({
    plugins: [doctest()],
    // vitest resolves through vite's ssr environment: plain resolve.conditions is ignored there.
    ssr: { resolve: { conditions: ['@llm/source'] } },
    test: {
      name,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      includeSource: ['src/**/*.ts'],
      setupFiles: [fileURLToPath(new URL('tools/fail-on-console.ts', import.meta.url))],
      testTimeout: 60_000,
      typecheck: {
        enabled: true,
        include: ['test/**/*.test-d.ts'],
        tsconfig: './tsconfig.test.json',
      },
    },
  })
}
