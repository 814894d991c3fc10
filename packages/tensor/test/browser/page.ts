// What a page does: it imports the backend of WebGPU itself, then asks for backends by name.
import '@tensorflow/tfjs-backend-webgpu'
import { backends, useBackend } from '@llm/tensor'
import { tinyGpt2Losses } from './tiny-gpt2.js'

/** What the page found, as it sends it to the test. */
export interface PageReport {
  readonly runs: readonly Run[]
  readonly unavailable: Readonly<Record<string, string>>
}

interface Run {
  readonly asked: string
  readonly backend: string
  readonly losses: readonly number[]
}

const steps = 5

async function report(): Promise<PageReport> {
  const runs: Run[] = []
  const unavailable: Record<string, string> = {}
  for (const { name, available, reason } of await backends()) {
    if (!available) {
      unavailable[name] = reason
      continue
    }
    await useBackend(name)
    runs.push({ asked: name, backend: name, losses: await tinyGpt2Losses(steps) })
  }
  const chosen = await useBackend('auto')
  runs.push({ asked: 'auto', backend: chosen.name, losses: await tinyGpt2Losses(steps) })
  return { runs, unavailable }
}

const body = await report().catch((error: unknown) => String(error))
await fetch('report', { method: 'POST', body: JSON.stringify(body) })
