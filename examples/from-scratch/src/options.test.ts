import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { help, parseOptions, UsageError } from './options.js'

it('has defaults', () => {
  expect(parseOptions([], '/home/me')).toEqual({
    minutes: 3,
    seed: 1,
    out: resolve('/home/me', 'out'),
    quiet: false,
    vocabularySize: 4096,
    backend: 'auto',
    language: 'en',
  })
})

it('reads what is given; words after --input are files too', () => {
  const argv = [
    '--input',
    'a.txt',
    'b.txt',
    '--minutes',
    '0.5',
    '--seed=7',
    '--input',
    'c/*.md',
    '--quiet',
  ]
  expect(parseOptions(argv)).toMatchObject({
    input: ['a.txt', 'c/*.md', 'b.txt'],
    minutes: 0.5,
    seed: 7,
    quiet: true,
  })
})

it.each([
  [['--minuets', '3'], "Unknown option '--minuets'"],
  [['a.txt'], "unexpected 'a.txt'; files are given with --input"],
  [['--minutes', 'three'], "--minutes: expected a number above 0, got 'three'"],
  [['--minutes', '-1'], '--minutes'],
  [['--minutes', ''], "--minutes: expected a number above 0, got ''"],
  [['--seed', '1.5'], "--seed: expected a whole number from 0 to 4294967295, got '1.5'"],
  [['--vocabulary', '100'], "--vocabulary: expected a whole number from 257 to 65536, got '100'"],
  [
    ['--backend', 'abacus'],
    "--backend: expected one of auto tensorflow webgpu native wasm cpu, got 'abacus'",
  ],
])('refuses %j', (argv, message) => {
  expect(() => parseOptions(argv)).toThrow(UsageError)
  expect(() => parseOptions(argv)).toThrow(message)
})

it('offers help that names every option', () => {
  expect(parseOptions(['--help', '--minutes', 'x'])).toBe('help')
  for (const name of [
    'input',
    'minutes',
    'seed',
    'out',
    'vocabulary',
    'backend',
    'language',
    'quiet',
    'help',
  ])
    expect(help).toContain(`--${name} `)
})
