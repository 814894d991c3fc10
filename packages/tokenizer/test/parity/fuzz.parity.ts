// Random texts, bytes, policies, patterns and files, for FUZZ_SECONDS (60 when absent): no crash, no hang, nothing lost on the way there and back.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fuzzCases } from './fuzz-cases.js'

const script = fileURLToPath(new URL('./fuzz-process.ts', import.meta.url))
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)
/** No case takes a second; one that takes this long hangs. */
const patience = 30_000

test(
  'no crash, no hang, no loss',
  async () => {
    const args = [
      '--max-old-space-size=1024',
      '--conditions=@llm/source',
      '--import',
      'tsx',
      script,
    ]
    const seed = process.env.FUZZ_SEED ?? String(Math.floor(Date.now() / 1000))
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FUZZ_SEED: seed },
    })
    let [lastLine, messages] = ['', '']
    let alarm = setTimeout(() => child.kill('SIGKILL'), patience)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lastLine = `${lastLine.split('\n').slice(-2).join('\n')}${text}`
      clearTimeout(alarm)
      alarm = setTimeout(() => child.kill('SIGKILL'), patience)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages += text
    })
    const ended = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? signal))
    })
    clearTimeout(alarm)
    const end = lastLine.trim().split('\n').at(-1) ?? ''
    expect({ ended, end, messages }).toMatchObject({ ended: 0 })
    const { passed }: { passed: Record<string, number> } = JSON.parse(end)
    expect(Object.keys(passed).sort()).toEqual(Object.keys(fuzzCases).sort())
  },
  (seconds + 90) * 1000,
)
