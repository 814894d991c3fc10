import { loadKernels } from '@llm/kernels'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BackendName, type BackendReport, backends, tf, useBackend } from '../../src/index.js'

// The variable would put one backend in the place of every other.
delete process.env.LLM_BACKEND

const reports = await backends()

// There `npm test` fetches a software driver for WebGPU, so that leaving it out would be a hole.
const required = process.env.CI && process.platform === 'linux' ? ['webgpu'] : []

/** Runs a suite on every backend that can start here, on native with every instruction set, and says which could not. */
export function onEveryBackend(title: string, suite: (name: BackendName) => void): void {
  for (const name of new Set(reports.map((report) => report.name))) {
    const [started] = reports.filter((report) => report.name === name && report.available)
    if (started === undefined) {
      const test = required.includes(name) ? it : it.skip
      test(`${title} on ${name}: ${reasons(name)}`, () => expect.fail('it has to run in CI'))
      continue
    }
    const { kernels } = loadKernels()
    const sets = name === 'native' ? (kernels?.instructionSets() ?? []) : [undefined]
    for (const instructionSet of sets) {
      const mark = instructionSet === undefined ? '' : ` (${instructionSet})`
      describe(`${title} on ${name}${mark}`, () => {
        beforeAll(async () => {
          await useBackend(name, instructionSet === undefined ? {} : { instructionSet })
          // TensorFlow.js would compute small tensors on the CPU.
          if (name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false)
        })
        suite(name)
      })
    }
  }
}

function reasons(name: BackendName): string {
  const mine = reports.filter((report: BackendReport) => report.name === name)
  return mine.map((report) => report.reason).join('; ')
}
