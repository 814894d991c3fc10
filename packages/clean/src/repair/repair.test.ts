import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repairMojibake } from './mojibake.js'
import { repair } from './repair.js'

/** UTF-8 bytes read as Windows-1252, holes as the control characters of the same number. */
function misread(text: string): string {
  const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
  return Array.from(new TextEncoder().encode(text), (byte) =>
    byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : String.fromCharCode(byte),
  ).join('')
}

describe('repairMojibake', () => {
  it.each([
    'café – it’s',
    'naïve façade',
    'Привет, мир',
    '日本語',
    '“quoted”',
    'smile 😀',
    'Über',
    'ñandú',
    '10 €',
  ])('undoes %s', (text) => {
    expect(repairMojibake(misread(text))).toBe(text)
    expect(repairMojibake(misread(misread(text)))).toBe(text)
  })

  it.each([
    'café',
    '“UN CAFÉ”',
    'CAFÉ”',
    'IRMÃ…',
    'Ä–Ö–Ü',
    'Spaß…',
    'café\xa0»',
    'voilà\xa0»',
    'été…”',
    'CAFÉ®',
    'ÇA Â LÀ',
    'Å',
    'à la carte, naïve, Über',
    'É™',
    'Ã©tude and café on one line',
    'SÃO PAULO — ÁREA',
  ])('leaves %s alone', (text) => {
    expect(repairMojibake(text)).toBe(text)
  })

  it('judges line by line', () => {
    expect(repairMojibake('cafÃ©\ncafé')).toBe('café\ncafé')
  })

  it('never touches text that is not mojibake in any single-byte language', () => {
    // Letters of western European languages with ordinary punctuation behind them.
    const letters = 'aeiouäöüßéèêçàñõãåøïíóÄÖÜÉÀÇÑÅØ'
    const ends = [
      '',
      ' ',
      ',',
      '…',
      '”',
      '’',
      ' – ',
      '»',
      '\xa0»',
      '…”',
      '’…',
      '\xa0–\xa0',
      '”»',
      '®',
      '°',
    ]
    const word = fc.tuple(
      fc.string({ unit: fc.constantFrom(...letters), minLength: 1 }),
      fc.constantFrom(...ends),
    )
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.map(([letter, end]) => letter + end).join(' ')
        expect(repairMojibake(text)).toBe(text)
      }),
    )
  })

  it('decodes a very long line in one go', () => {
    const text = 'é'.repeat(300_000)
    expect(repairMojibake(misread(text)) === text).toBe(true)
  })
})

describe('repair', () => {
  /** Characters that meet a rule, in any order and number. */
  const nasty = fc.string({
    unit: fc.constantFrom(
      ...[
        'a',
        'B',
        ' ',
        '\t',
        '\n',
        '\r',
        '\r\n',
        '\v',
        '\f',
        '\0',
        '\x1b[31m',
        '\x1b',
        '[',
        'm',
        '\x85',
        '\x9d',
      ],
      ...[
        '\xa0',
        '\xad',
        '\u200b',
        '\u200d',
        '\u2028',
        '\u2029',
        '\u3000',
        '\ufeff',
        '\ud800',
        '\udc00',
        'e',
        '\u0301',
      ],
      ...['Ã', '©', 'â', '€', '™', '“', '”', 'Â', 'Ë', '˜', 'ðŸ˜€', 'Ãƒ', 'Â©', '…', '—', "'", 'é'],
    ),
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.constantFrom('keep' as const, 'ascii' as const),
        (text, punctuation) => {
          const once = repair(text, { punctuation })
          expect(repair(once, { punctuation })).toBe(once)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('leaves no odd character, no blank at a line end, no two empty lines, and never adds lines', () => {
    const lines = (text: string): number => text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/).length
    fc.assert(
      fc.property(nasty, (text) => {
        const result = repair(text)
        expect(result).not.toMatch(
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
          /[\0-\x08\v-\x1f\x7f-\xa0\xad\u200b\u2000-\u200a\u2028\u2029\u3000\ufeff]/,
        )
        expect(result).not.toMatch(/[ \t]\n|[ \t]$|\n\n\n|^\n|\n$/)
        expect(result).not.toMatch(/\p{Surrogate}/u)
        expect(result.normalize('NFC')).toBe(result)
        expect(lines(result)).toBeLessThanOrEqual(lines(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps every word of clean text: case, punctuation, indentation', () => {
    const text =
      'The Cat, "sat"...\n\n  on the MAT — naïvely; \u{1F468}\u200d\u{1F469}\n\tfor (;;) {}'
    expect(repair(text)).toBe(text)
  })

  it('writes punctuation in ASCII when asked', () => {
    const text = '‘It’s’ “so” – said — she… 5′ 6″ −1'
    expect(repair(text, { punctuation: 'ascii' })).toBe(`'It's' "so" - said - she... 5' 6" -1`)
    expect(repair(text)).toBe(text)
  })

  it('takes off terminal colours', () => {
    expect(repair('\x1b[1;31mred\x1b[0m')).toBe('red')
  })

  it('takes time proportional to the length for long runs of blanks and escapes', () => {
    expect(repair(`a${' '.repeat(3_000_000)}b`).length).toBe(3_000_002)
    expect(repair('\x1b['.repeat(500_000))).toBe('['.repeat(500_000))
    expect(repair('\n \n'.repeat(500_000))).toBe('')
  })
})
