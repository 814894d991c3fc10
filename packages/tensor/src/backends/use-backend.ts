import { tf } from '../tf.js'
import type { BackendName, Candidate, StartOptions } from './candidate.js'
import { cpu } from './cpu.js'
import { native } from './native/native.js'
import { tensorflow, tensorflowOnGpu } from './tensorflow/tensorflow.js'
import { wasm } from './wasm.js'
import { webgpu } from './webgpu/webgpu.js'

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /** Gets one line naming the choice and its reason, such as `console.log`; nothing is printed when absent. */
  readonly log?: (line: string) => void
  /** How many threads `native` uses from now on, at first as many as the process may; `tensorflow` uses as many from its start on. Other backends decide themselves. */
  readonly threads?: number
  /**
   * The vector instructions `native` uses from now on: 'portable', 'neon', 'avx2', 'avx512', 'avx512bf16' or 'amx'; at
   * first the fastest this machine has, or those named by the environment variable LLM_KERNELS_INSTRUCTIONS.
   */
  readonly instructionSet?: string
  /** How many bytes tensors may take on `native` from now on; more is an error. Default: what the machine or the control group has free. */
  readonly memoryLimit?: number
}

/** A backend, whether it can start on this machine, and why (not). */
export interface BackendReport {
  readonly name: BackendName
  readonly device: string
  readonly available: boolean
  readonly reason: string
}

/** What {@link useBackend} chose. */
export interface BackendChoice {
  readonly name: BackendName
  readonly device: string
  readonly reason: string
  /** What was tried before it and could not start. */
  readonly tried: readonly BackendReport[]
}

/**
 * Makes a backend the active one. 'auto' takes the first that can start, in the order of {@link backends}.
 * The environment variable LLM_BACKEND, where set, overrides the name asked for.
 *
 * @throws RangeError if there is no backend of that name
 * @throws Error if the backend asked for cannot start, saying what was tried and what to install
 * @example
 * ```ts @import.meta.vitest
 * const { useBackend } = await import('./use-backend.js')
 * const choice = await useBackend('cpu')
 * expect(choice.name).toBe(process.env.LLM_BACKEND ?? 'cpu')
 * ```
 */
export async function useBackend(
  name: BackendName | 'auto' = 'auto',
  options: UseBackendOptions = {},
): Promise<BackendChoice> {
  const override = environment('LLM_BACKEND')
  const wanted = override ?? name
  const source = override === undefined ? `useBackend('${name}')` : `LLM_BACKEND=${override}`
  const choices = wanted === 'auto' ? candidates : candidates.filter((c) => c.name === wanted)
  if (choices.length === 0) {
    throw new RangeError(
      `useBackend: expected 'auto' or one of ${names()}, got '${wanted}' (${source})`,
    )
  }
  const tried: BackendReport[] = []
  for (const candidate of choices) {
    const report = await start(candidate, {
      automatic: wanted === 'auto',
      threads: options.threads,
      instructionSet: options.instructionSet,
      memoryLimit: options.memoryLimit,
    })
    if (!report.available) {
      tried.push(report)
      continue
    }
    const reason = wanted === 'auto' ? `${report.reason}; the first that starts` : report.reason
    const choice: BackendChoice = { name: report.name, device: report.device, reason, tried }
    options.log?.(describe(choice, source))
    return choice
  }
  throw new Error(
    `useBackend: ${source} cannot start:\n${tried.map((r) => `  ${r.name} (${r.device}): ${r.reason}`).join('\n')}`,
  )
}

/** Every backend in the order 'auto' tries them, and whether it can start here. Starts each; the active one stays. */
export async function backends(): Promise<BackendReport[]> {
  const active: string | undefined = tf.getBackend()
  const reports: BackendReport[] = []
  for (const candidate of candidates) reports.push(await start(candidate, { automatic: false }))
  if (active !== undefined) await tf.setBackend(active)
  return reports
}

const candidates: readonly Candidate[] = [tensorflowOnGpu, webgpu, native, tensorflow, wasm, cpu]

async function start(candidate: Candidate, options: StartOptions): Promise<BackendReport> {
  const { name, device } = candidate
  try {
    const reason = await candidate.start(options)
    if (!(await tf.setBackend(name))) throw new Error('TensorFlow.js could not start it')
    await tf.ready()
    return { name, device, available: true, reason }
  } catch (error) {
    return { name, device, available: false, reason: messageOf(error) }
  }
}

function describe(choice: BackendChoice, source: string): string {
  const skipped = choice.tried.map((report) => report.name).join(', ')
  return `backend ${choice.name} (${choice.device}): ${choice.reason}; ${source}${skipped === '' ? '' : `; could not start: ${skipped}`}`
}

function names(): string {
  return [...new Set(candidates.map((candidate) => `'${candidate.name}'`))].join(', ')
}

function environment(name: string): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[name]
  return value === '' ? undefined : value
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
