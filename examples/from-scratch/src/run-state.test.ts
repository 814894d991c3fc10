import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { RunState } from './run-state.js'

let directory: string
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'state-')), 'work')
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
})

it('runs a stage once per run, and remembers its result and its time', async () => {
  const work = vi.fn(async () => ({ value: { words: 3 }, detail: '3 words' }))
  const first = await RunState.open(directory, 'x')
  expect(await first.stage('count', work)).toEqual({ value: { words: 3 }, detail: '3 words' })
  const second = await RunState.open(directory, 'x')
  expect(second.continued).toBe(true)
  expect(second.startedAt).toBe(first.startedAt)
  expect(await second.stage('count', work)).toEqual({
    value: { words: 3 },
    detail: '3 words',
    seconds: expect.any(Number),
  })
  expect(work).toHaveBeenCalledTimes(1)
})

it.each(['another request', 'a finished run', 'a damaged file'])(
  'starts afresh after %s',
  async (reason) => {
    const first = await RunState.open(directory, 'x')
    await first.stage('count', async () => ({ value: 1, detail: '' }))
    await writeFile(join(directory, 'left-over'), '')
    if (reason === 'a finished run') await first.finish()
    const path = join(directory, 'state.json')
    if (reason === 'a damaged file')
      await writeFile(path, (await readFile(path, 'utf8')).replace('"value":1', '"value":2'))
    const second = await RunState.open(directory, reason === 'another request' ? 'y' : 'x')
    expect(second.continued).toBe(false)
    await expect(readFile(join(directory, 'left-over'))).rejects.toThrow()
    expect(await second.stage('count', async () => ({ value: 9, detail: '' }))).toMatchObject({
      value: 9,
    })
  },
)

it('does not remember a stage that failed', async () => {
  const first = await RunState.open(directory, 'x')
  await expect(first.stage('count', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const second = await RunState.open(directory, 'x')
  expect(await second.stage('count', async () => ({ value: 2, detail: '' }))).toMatchObject({
    value: 2,
  })
})
