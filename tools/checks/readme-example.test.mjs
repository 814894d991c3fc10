import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runExample } from './examples.mjs'
import { readExample } from './readme-example.mjs'

const project = mkdtempSync(join(tmpdir(), 'example-'))
mkdirSync(join(project, 'node_modules'))
afterAll(() => rmSync(project, { recursive: true }))

/** @param {string} language @param {string} text */
const block = (language, text) => `\`\`\`${language}\n${text}\n\`\`\`\n`

const readme = (code = "const a: string = 'x'\nconsole.log(a)", output = 'x') =>
  `# a\n${block('sh', 'npm install a')}${block('ts', code)}It prints:\n${block('text', output)}`

test('the first block of TypeScript and what it prints', () => {
  expect(readExample(readme('a', 'b'))).toEqual({ code: 'a\n', output: 'b\n' })
  expect(readExample(`${block('ts', 'a')}# Next\n${block('', 'b')}`)?.output).toBeUndefined()
  expect(readExample(block('sh', 'a'))).toBeUndefined()
})

test('an example that prints what the README says', async () => {
  expect(await runExample(project, 'a', readme())).toEqual([])
})

test('an example that prints something else', async () => {
  const problems = await runExample(project, 'a', readme(undefined, 'y'))
  expect(problems).toEqual(["a: the README's example prints\nx\ninstead of\ny"])
})

test('an example that fails, and a README without one', async () => {
  const [problem] = await runExample(project, 'a', readme("import 'no-such-package'"))
  expect(problem).toContain("Cannot find package 'no-such-package'")
  expect(await runExample(project, 'a', '# a')).toEqual(['a: its README has no ```ts block'])
})
