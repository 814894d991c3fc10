import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('no source imports from node: except while loading and saving files', () => {
  const src = new URL('../src/', import.meta.url)
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  expect(files.length).toBeGreaterThan(30)
  const uses = files.flatMap((name) =>
    readFileSync(new URL(name, src), 'utf8')
      .split('\n')
      .filter((line) => line.includes("'node:") && !line.startsWith(' * '))
      .map((line) => `${name}: ${line.trim()}`),
  )
  expect(
    uses.filter(
      (use) =>
        !/^(save-tokenizer|formats\/files|packing\/tokens-manifest)\.ts: const .* = await import\('node:/.test(
          use,
        ),
    ),
  ).toEqual([])
  expect(uses.length).toBeGreaterThan(0)
})
