import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TrainingLog } from './training-log.js'

const step = (number: number) =>
  ({
    event: 'step',
    step: number,
    loss: 4,
    learningRate: 1e-3,
    gradientNorm: 1,
    tokensPerSecond: 9,
    seconds: 1,
  }) as const

async function path(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'log-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'log.jsonl')
}

async function stepsIn(file: string): Promise<number[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).step)
}

it('goes on where the run goes on, without the steps that are made again', async () => {
  const file = await path()
  const first = await TrainingLog.open(file, false)
  for (let i = 1; i <= 5; i++) await first.add(step(i))
  await first.flush()
  await appendFile(file, '{"event":"step","st')

  const second = await TrainingLog.open(file, true)
  expect(second.lines.map((line) => line.step)).toEqual([1, 2, 3, 4, 5])
  await second.goBackTo(3)
  await second.add(step(4))
  await second.flush()
  expect(await stepsIn(file)).toEqual([1, 2, 3, 4])
})

it('starts empty for a new run', async () => {
  const file = await path()
  const first = await TrainingLog.open(file, false)
  await first.add(step(1))
  await first.flush()
  const second = await TrainingLog.open(file, false)
  expect(second.lines).toEqual([])
  expect(await stepsIn(file)).toEqual([])
})
