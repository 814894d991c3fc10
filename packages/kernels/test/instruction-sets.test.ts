import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadKernels } from '../src/index.js'

const { kernels, source } = { source: '', ...loadKernels() }

describe.skipIf(kernels === undefined)('instruction sets', () => {
  it('the environment variable chooses one', () => {
    for (const set of kernels?.instructionSets() ?? []) expect(started(set)).toBe(set)
  })

  it('a variable that names what is not there is an error, and the process goes on', () => {
    expect(started('mmx')).toMatch(
      /^Error: instructionSet: LLM_KERNELS_INSTRUCTIONS: expected .*portable.*, got 'mmx'$/,
    )
  })

  it('one that is set is in use from then on', () => {
    const before = kernels?.instructionSet() ?? ''
    for (const set of kernels?.instructionSets() ?? []) {
      kernels?.setInstructionSet(set)
      expect(kernels?.instructionSet()).toBe(set)
    }
    expect(() => kernels?.setInstructionSet('mmx')).toThrow("got 'mmx'")
    kernels?.setInstructionSet(before)
  })
})

/** What a new process with the variable says. */
function started(set: string): string {
  const code = `
    const kernels = require(process.argv[1])
    try { console.log(kernels.instructionSet()) } catch (error) { console.log(String(error)) }`
  const env = { ...process.env, LLM_KERNELS_INSTRUCTIONS: set }
  return spawnSync(process.execPath, ['-e', code, source], { env, encoding: 'utf8' }).stdout.trim()
}
