import { loadLanguageDetector } from '../language.js'
import type { Rule } from './rule.js'

export interface LanguageIsOptions {
  /** Lowest score of the language, 0 to 1, on eld's scale. Default 0.5. */
  readonly atLeast?: number
}

/**
 * Keeps documents whose most likely language is `code` (ISO 639-1) with a score of at least `atLeast`.
 *
 * A promise of the rule, because the detector's 1.6 MB of n-grams are loaded only when somebody asks; `keep` takes it
 * as it is. Scores are eld's: clean English lies around 0.8, and 0.65 is about where mixed pages and lists begin.
 * They are not fastText's probabilities, for which FineWeb's 0.65 was chosen.
 *
 * @throws {RangeError} when `code` is not one of the detector's 60 languages.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { languageIs } = await import('./language-is.js')
 * const english = await languageIs('en', { atLeast: 0.65 })
 * expect(english({ id: 'a', text: 'The sea was calm and the sky was clear that morning.' }).keep).toBe(true)
 * expect(english({ id: 'b', text: 'Das Meer war ruhig und der Himmel war klar.' }).value).toBe('de')
 * ```
 */
export async function languageIs(code: string, options: LanguageIsOptions = {}): Promise<Rule> {
  const { atLeast = 0.5 } = options
  const detect = await loadLanguageDetector()
  if (!languages.has(code)) {
    throw new RangeError(
      `languageIs: expected one of ${[...languages].join(' ')}, got ${JSON.stringify(code)}`,
    )
  }
  return ({ text }) => {
    const { language, score } = detect(text)
    if (language !== code) {
      const reason =
        language === '' ? 'no language recognised' : `looks like ${language} (${score.toFixed(2)})`
      return { keep: false, rule: 'languageIs', value: language, threshold: code, reason }
    }
    const reason = `${code} with score ${score.toFixed(2)}, at least ${atLeast} wanted`
    return { keep: score >= atLeast, rule: 'languageIs', value: score, threshold: atLeast, reason }
  }
}

/** The codes eld knows. */
const languages: ReadonlySet<string> = /* @__PURE__ */ new Set(
  (
    'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms ' +
    'nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh'
  ).split(' '),
)
