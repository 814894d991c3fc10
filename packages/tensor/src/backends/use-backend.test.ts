import { loadKernels } from '@llm/kernels'
import { afterEach, expect, it, vi } from 'vitest'
import { tf } from '../tf.js'
import { backends, useBackend } from './use-backend.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('backends() tells of every backend in order and leaves the active one', async () => {
  vi.stubEnv('LLM_BACKEND', '')
  await useBackend('cpu')
  const reports = await backends()
  const names = ['tensorflow', 'webgpu', 'native', 'tensorflow', 'wasm', 'cpu']
  expect(reports.map((report) => report.name)).toEqual(names)
  expect(reports.every((report) => report.reason !== '')).toBe(true)
  expect(tf.getBackend()).toBe('cpu')
})

it("'auto' takes the first that starts, and says so in one line", async () => {
  vi.stubEnv('LLM_BACKEND', '')
  const lines: string[] = []
  const choice = await useBackend('auto', { log: (line) => lines.push(line) })
  expect(choice.name).toBe(tf.getBackend())
  expect(choice.tried.every((report) => !report.available)).toBe(true)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`backend ${choice.name} (${choice.device})`)
})

it('the environment variable overrides the name', async () => {
  vi.stubEnv('LLM_BACKEND', 'cpu')
  expect((await useBackend('wasm')).name).toBe('cpu')
  vi.stubEnv('LLM_BACKEND', 'nothing')
  await expect(useBackend('cpu')).rejects.toThrow(
    "useBackend: expected 'auto' or one of 'tensorflow', 'webgpu', 'native', 'wasm', 'cpu', got 'nothing' (LLM_BACKEND=nothing)",
  )
})

it('a backend that cannot start is an error naming what to install or what it needs', async () => {
  vi.stubEnv('LLM_BACKEND', '')
  const reports = await backends()
  for (const name of ['tensorflow', 'webgpu'] as const) {
    if (reports.some((report) => report.name === name && report.available)) continue
    const start = useBackend(name)
    await expect(start).rejects.toThrow(`useBackend: useBackend('${name}') cannot start`)
    await expect(start).rejects.toThrow(/npm install|It needs/)
  }
})

const { kernels } = loadKernels()

it.skipIf(kernels === undefined)(
  'native uses the instruction set asked for, if it is there',
  async () => {
    vi.stubEnv('LLM_BACKEND', '')
    const before = kernels?.instructionSet()
    const choice = await useBackend('native', { instructionSet: 'portable' })
    expect(choice.reason).toContain('portable')
    await expect(useBackend('native', { instructionSet: 'mmx' })).rejects.toThrow(
      'setInstructionSet: expected an instruction set this machine has (portable',
    )
    await useBackend('native', { instructionSet: before ?? 'portable' })
  },
)
