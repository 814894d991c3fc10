import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@llm/tensor'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, openPage } from '../browser/chromium.js'
import type { PageReport } from '../browser/page.js'
import { tinyGpt2Losses } from '../browser/tiny-gpt2.js'

const chromium = findChromium()
const software = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-webgpu-adapter=swiftshader',
]

/** The page of test/browser, built as a user would, on what the browser has, against Node's backend in JavaScript. */
describe.skipIf(chromium === undefined)('a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'page-'))
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  let expected: number[] = []

  beforeAll(async () => {
    await build({
      root: fileURLToPath(new URL('../browser', import.meta.url)),
      configFile: false,
      logLevel: 'error',
      build: { target: 'esnext', outDir: folder, emptyOutDir: true },
    })
    await useBackend('cpu')
    expected = await tinyGpt2Losses(5)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('trains on WebGPU, WebAssembly and JavaScript, with the losses of Node', async () => {
    const { runs, unavailable } = await open(software)
    expect(runs.map((run) => run.asked)).toEqual(['webgpu', 'wasm', 'cpu', 'auto'])
    // A software rasteriser is taken only when asked for.
    expect(runs.at(-1)?.backend).toBe('wasm')
    const reason = 'it runs only in Node'
    expect(unavailable).toEqual({ native: reason, tensorflow: reason })
    for (const run of runs) expectLosses(run.losses)
  })

  it('trains without WebGPU, and says what is missing', async () => {
    const { runs, unavailable } = await open(['--disable-gpu'])
    expect(runs.map((run) => run.asked)).toEqual(['wasm', 'cpu', 'auto'])
    expect(unavailable.webgpu).toMatch(/no adapter|no WebGPU/)
    for (const run of runs) expectLosses(run.losses)
  })

  function expectLosses(losses: readonly number[]): void {
    expect(losses).toHaveLength(expected.length)
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[i] ?? Number.NaN, 4)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 0.1)
  }

  async function open(flags: readonly string[]): Promise<PageReport> {
    const report = await openPage(chromium ?? '', [folder, wasm], flags)
    if (!isReport(report)) throw new Error(`the page failed: ${report}`)
    return report
  }
})

function isReport(value: unknown): value is PageReport {
  return typeof value === 'object' && value !== null && 'runs' in value
}
