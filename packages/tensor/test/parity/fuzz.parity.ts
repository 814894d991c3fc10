// Random shapes and options of every op on native, for FUZZ_SECONDS (60 when absent): no crash, and the numbers of the reference.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { backends } from '../../src/index.js'
import { fuzzCases } from './fuzz-cases.js'

const script = fileURLToPath(new URL('./fuzz-process.ts', import.meta.url))
const native = (await backends()).find((report) => report.name === 'native')
const seconds = Number(process.env.FUZZ_SECONDS ?? 60)

test.runIf(native?.available)(
  'native gives what the references give',
  async () => {
    const args = ['--conditions=@llm/source', '--import', 'tsx', script]
    const seed = process.env.FUZZ_SEED ?? String(Math.floor(Date.now() / 1000))
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FUZZ_SEED: seed },
    })
    let [lastLine, messages] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lastLine = `${lastLine.split('\n').slice(-2).join('\n')}${text}`
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages += text
    })
    const ended = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? signal))
    })
    const end = lastLine.trim().split('\n').at(-1) ?? ''
    expect({ ended, end, messages }).toMatchObject({ ended: 0 })
    const { passed }: { passed: Record<string, number> } = JSON.parse(end)
    expect(Object.keys(passed).sort()).toEqual(Object.keys(fuzzCases).sort())
  },
  (seconds + 60) * 1000,
)
