import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTerminal } from './terminal.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('prints a line per stage, with its time', async () => {
  const screen = output(false)
  const terminal = createTerminal(screen)
  const { seconds } = await terminal.stage('count', async () => {
    vi.advanceTimersByTime(1500)
    return { value: 3, detail: '3 words\u001b[2J' }
  })
  expect(seconds).toBe(1.5)
  expect(screen.text()).toMatch(/^ {2}count {11}3 words \[2J +1\.5 s\n$/)
})

it('changes one line on a terminal, and clears it', async () => {
  const screen = output(true)
  const terminal = createTerminal(screen)
  await terminal.stage('count', async () => {
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(60)
      terminal.progress(`${i} words`)
    }
    return { value: 0, detail: 'done' }
  })
  const [before, ...drawn] = screen.text().split('\r\u001b[K')
  expect(before).toBe('')
  expect(drawn.map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
    'count 1 words',
    'count 3 words',
    'count done 0.3 s',
  ])
})

it('prints a line every ten seconds where there is no terminal', async () => {
  const screen = output(false)
  const terminal = createTerminal(screen)
  await terminal.stage('count', async () => {
    for (let i = 1; i <= 25; i++) {
      vi.advanceTimersByTime(1000)
      terminal.progress(`${i} words`)
    }
    return { value: 0, detail: 'done' }
  })
  expect(
    screen
      .text()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual([
    'count           10 words',
    'count           20 words',
    expect.stringMatching(/^count +done +25\.0 s$/),
    '',
  ])
})

it('says so when a stage was done before', async () => {
  const screen = output(false)
  const stage = createTerminal(screen).stage('count', async () => ({
    value: 0,
    detail: 'x',
    seconds: 7,
  }))
  expect((await stage).seconds).toBe(7)
  expect(screen.text()).toContain('done before')
})

it('is silent when asked to be', async () => {
  const screen = output(true)
  const terminal = createTerminal(screen, { quiet: true })
  terminal.print('hello')
  await terminal.stage('count', async () => {
    vi.advanceTimersByTime(20_000)
    terminal.progress('1 word')
    return { value: 0, detail: 'done' }
  })
  expect(screen.text()).toBe('')
})

function output(isTTY: boolean) {
  const written: string[] = []
  return {
    isTTY,
    columns: 80,
    write: (text: string) => written.push(text),
    text: () => written.join(''),
  }
}
