import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the binary of the kernel is what its sources compile to', () => {
  const script = fileURLToPath(new URL('../scripts/build-kernel.mjs', import.meta.url))
  const compiled = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' })
  expect(readFileSync(new URL('../src/kernel/binary.ts', import.meta.url), 'utf8')).toBe(compiled)
}, 60_000)
