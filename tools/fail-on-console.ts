import { afterEach } from 'vitest'

// A test that prints hides what the next one prints. Libraries do not print at all, so a message is a mistake of one or the other.
const printed: string[] = []
for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  console[method] = (...values: unknown[]) => {
    const line = values.map(String).join(' ')
    // TensorFlow.js advertises its other backends once, when the first tensor is made.
    if (!line.includes('Hi, looks like you are running TensorFlow.js')) {
      printed.push(`console.${method}: ${line}`)
    }
  }
}

afterEach(() => {
  const lines = printed.splice(0)
  if (lines.length > 0) throw new Error(`expected a silent test, got\n${lines.join('\n')}`)
})
