import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { gopherQuality, gopherRepetition } from '../src/index.js'

// What datatrove 0.10.1 says about the same texts cut into the same words; fixtures/make-gopher.py made the file.
interface Case {
  readonly source: string
  readonly text: string
  readonly times?: number
  readonly quality?: string
  readonly repetition: string
}

const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('./fixtures/gopher.json', import.meta.url), 'utf8'),
)

/** Our names for datatrove's. */
const qualityNames: Readonly<Record<string, string>> = {
  gopher_short_doc: 'gopherQuality/words',
  gopher_long_doc: 'gopherQuality/maxWords',
  gopher_below_avg_threshold: 'gopherQuality/meanWordLength',
  gopher_above_avg_threshold: 'gopherQuality/maxMeanWordLength',
  gopher_too_many_hashes: 'gopherQuality/hashes',
  gopher_too_many_ellipsis: 'gopherQuality/ellipses',
  gopher_too_many_bullets: 'gopherQuality/bulletLines',
  gopher_too_many_end_ellipsis: 'gopherQuality/ellipsisLines',
  gopher_below_alpha_threshold: 'gopherQuality/alphabeticWords',
  gopher_enough_stop_words: 'gopherQuality/stopWords',
}

const repetitionNames: Readonly<Record<string, string>> = {
  empty: 'gopherRepetition/empty',
  dup_para_frac: 'gopherRepetition/paragraphs',
  dup_para_char_frac: 'gopherRepetition/paragraphCharacters',
  dup_line_frac: 'gopherRepetition/lines',
  dup_line_char_frac: 'gopherRepetition/lineCharacters',
  ...Object.fromEntries([2, 3, 4].map((n) => [`top_${n}_gram`, `gopherRepetition/top${n}gram`])),
  ...Object.fromEntries(
    [5, 6, 7, 8, 9, 10].map((n) => [
      `duplicated_${n}_n_grams`,
      `gopherRepetition/repeated${n}grams`,
    ]),
  ),
}

function textOf({ text, times = 1 }: Case): string {
  return text.repeat(times)
}

it.each(
  cases.filter(({ quality }) => quality !== undefined).map((item) => [item.source, item] as const),
)('gopherQuality agrees with datatrove: %s', (source, item) => {
  const verdict = gopherQuality()({ id: source, text: textOf(item) })
  expect(verdict.keep ? 'kept' : verdict.rule).toBe(
    qualityNames[item.quality ?? ''] ?? item.quality,
  )
})

it.each(cases.map((item) => [item.source, item] as const))(
  'gopherRepetition agrees with datatrove: %s',
  (source, item) => {
    const verdict = gopherRepetition()({ id: source, text: textOf(item) })
    expect(verdict.keep ? 'kept' : verdict.rule).toBe(
      repetitionNames[item.repetition] ?? item.repetition,
    )
  },
)

it('the fixture meets every condition of gopherQuality', () => {
  const met = new Set(cases.map(({ quality }) => quality))
  expect(Object.keys(qualityNames).filter((name) => !met.has(name))).toEqual([])
})
