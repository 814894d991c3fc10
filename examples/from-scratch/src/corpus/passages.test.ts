import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passages } from './passages.js'

describe('passages', () => {
  it('starts a passage at each heading, not at words that look like one', () => {
    const text =
      'BOOK II.\n\nArms\nand the man.\n\nChapter heads roll.\n\nIV. A NIGHT\n\nI. sing.\n\nActus Primus.\n\nEnter.'
    expect(passages(text).map((passage) => passage.split('\n')[0])).toEqual([
      'BOOK II.',
      'IV. A NIGHT',
      'I. sing.',
      'Actus Primus.',
    ])
  })

  it('keeps line ends and indentation of verse, and drops padding', () => {
    expect(passages('  Piping down   \n    the valleys\r\n\r\nwild', { form: 'lines' })).toEqual([
      '  Piping down\n    the valleys\n\nwild',
    ])
  })

  it('cuts a long chapter into shares of about the size asked for', () => {
    const paragraph = `${'word '.repeat(40).trim()}.`
    const found = passages(Array.from({ length: 100 }, () => paragraph).join('\n\n'), {
      targetBytes: 2000,
    })
    expect(found.length).toBe(10)
    for (const passage of found) expect(passage.length).toBeGreaterThan(1500)
    for (const passage of found) expect(passage.length).toBeLessThan(2500)
  })

  it('cuts a speech without paragraphs between sentences', () => {
    const speech = 'Fellow citizens, it is so. '.repeat(400).trim()
    const found = passages(speech, { targetBytes: 1000 })
    expect(found.length).toBeGreaterThan(5)
    for (const passage of found) expect(passage).toMatch(/^Fellow.*so\.$/)
    expect(found.join(' ')).toBe(speech)
  })

  it('loses no character that is not white space', () => {
    const line = fc.stringMatching(/^[ a-zA-Z.!?é]{0,30}$/)
    const solid = (text: string): string => text.replace(/\s/g, '')
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.constantFrom('wrapped', 'lines'),
        (lines, form) => {
          const text = lines.join('\n')
          expect(solid(passages(text, { targetBytes: 50, form }).join(''))).toBe(solid(text))
        },
      ),
    )
  })
})
