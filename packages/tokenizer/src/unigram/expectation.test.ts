import { expect, test } from 'vitest'
import { digamma, expectedCounts } from './expectation.js'
import { lattices } from './lattices.js'
import { PieceTrie } from './piece-trie.js'
import { trainingWords } from './training-words.js'

test('counts are the sums over all ways to cut the words', () => {
  const pieces = ['a', 'b', 'ab', 'ba', 'aba']
  const scores = Float64Array.of(-1, -2, -2.5, -1.5, -3)
  const unknownScore = -12
  const words = new Map([
    ['abab', 3],
    ['bxa', 2],
  ])
  const trie = new PieceTrie()
  pieces.forEach((piece, id) => {
    trie.add(piece, id)
  })
  const cut = lattices(trainingWords(words, new Set(['a', 'b'])), trie)
  const found = expectedCounts(cut, scores, unknownScore)

  const want = new Float64Array(pieces.length)
  for (const [word, count] of words) {
    const ways = [...cuts(word)].map((way) => ({
      way,
      p: Math.exp(
        way.reduce((sum, part) => sum + (scores[pieces.indexOf(part)] ?? unknownScore), 0),
      ),
    }))
    const total = ways.reduce((sum, { p }) => sum + p, 0)
    for (const { way, p } of ways) {
      for (const part of way) {
        const id = pieces.indexOf(part)
        if (id >= 0) want[id] = (want[id] as number) + (count * p) / total
      }
    }
  }
  found.forEach((count, id) => {
    expect(count).toBeCloseTo(want[id] as number, 10)
  })

  function* cuts(word: string): Generator<string[]> {
    if (word === '') yield []
    for (let i = 1; i <= word.length; i++) {
      const part = word.slice(0, i)
      if (!pieces.includes(part) && part !== 'x') continue
      for (const rest of cuts(word.slice(i))) yield [part, ...rest]
    }
  }
})

test('sums over long words do not vanish', () => {
  const trie = new PieceTrie()
  trie.add('a', 0)
  trie.add('aa', 1)
  const cut = lattices(trainingWords(new Map([['a'.repeat(20_000), 2]]), new Set(['a'])), trie)
  const counts = expectedCounts(cut, Float64Array.of(-30, -40), -50)
  expect((counts[0] as number) + 2 * (counts[1] as number)).toBeCloseTo(40_000, 5)
})

test('digamma has its known values', () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649, 9)
  expect(digamma(0.5)).toBeCloseTo(-1.963510026, 9)
  expect(digamma(100)).toBeCloseTo(4.6001618527, 9)
})
