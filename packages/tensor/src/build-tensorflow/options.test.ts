import { expect, it } from 'vitest'
import { parseOptions, usage } from './options.js'

it('has defaults for everything', () => {
  expect(parseOptions([])).toEqual({
    gpu: false,
    version: '2.21.0',
    wheel: undefined,
    tensorflow: undefined,
    python: 'python3',
    to: undefined,
  })
})

it('reads every option the usage names', () => {
  const names = [...usage.matchAll(/^ {2}--(\w+)( <)?/gm)]
  expect(names.length).toBe(7)
  for (const [, name, value] of names) {
    if (name === 'help') continue
    expect(parseOptions(value ? [`--${name}`, 'x'] : [`--${name}`])).toMatchObject({
      [name ?? '']: value ? 'x' : true,
    })
  }
  expect(parseOptions(['--gpu', '--help'])).toBe('help')
})

it('refuses what it does not know, and two sources at once', () => {
  expect(() => parseOptions(['--cuda'])).toThrow('--cuda')
  expect(() => parseOptions(['folder'])).toThrow('folder')
  expect(() => parseOptions(['--wheel', 'a.whl', '--tensorflow', 'b'])).toThrow('got both')
})
