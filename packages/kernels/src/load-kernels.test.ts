import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { load } from './load-kernels.js'

it('an override that cannot be loaded is an error, and nothing else is tried', () => {
  const loaded = load('/nowhere/kernels.node')
  expect(loaded.kernels).toBeUndefined()
  if (loaded.kernels !== undefined) return
  expect(loaded.error.message).toContain('/nowhere/kernels.node')
  expect(loaded.error.message).toContain('LLM_KERNELS_PATH')
  expect(loaded.error.message).not.toContain('@llm/kernels-')
})

it('an addon of another version is refused', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kernels-')), 'old.cjs')
  writeFileSync(file, 'module.exports = { interfaceVersion: () => 0 }')
  const loaded = load(file)
  expect(loaded.kernels).toBeUndefined()
  if (loaded.kernels === undefined) expect(loaded.error.message).toContain('another version')
})

it('a file that is no addon is an error that names it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kernels-')), 'broken.node')
  writeFileSync(file, 'not a library')
  const loaded = load(file)
  expect(loaded.kernels).toBeUndefined()
  if (loaded.kernels === undefined) expect(loaded.error.message).toContain('broken.node')
})
