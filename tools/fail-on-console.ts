import { afterEach } from 'vitest'

// A test that prints hides what the next one prints. Libraries do not print at all, so a message here is a mistake of one or the other.
const printed: string[] = []
for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  console[method] = (...values: unknown[]) => {
    printed.push(`console.${method}: ${values.map(String).join(' ')}`)
  }
}

afterEach(() => {
  const lines = printed.splice(0)
  if (lines.length > 0) throw new Error(`expected a silent test, got\n${lines.join('\n')}`)
})
