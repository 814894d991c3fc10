import type { Verdict } from '@llm/data'
import type { Rule } from './rule.js'
import { splitWords } from './words.js'

export interface PlaceholderPageOptions {
  /** Texts with more words than this are judged by `phrasesAnywhere` alone. Default 100. */
  readonly maxWords?: number
  /** Lower-case phrases that give a short page away. Default: English login, error, consent and parking phrases. */
  readonly phrases?: readonly string[]
  /** Lower-case phrases that give a page of any length away. Default: `lorem ipsum dolor`. */
  readonly phrasesAnywhere?: readonly string[]
}

/**
 * Drops pages without information: empty, filler text, login forms, error pages, "enable JavaScript" notices,
 * parked domains, directory listings (sixth of GPT-2's heuristics).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { placeholderPage } = await import('./placeholder-page.js')
 * const rule = placeholderPage()
 * expect(rule({ id: 'a', text: 'Please enable JavaScript to view this page.' }).value).toBe('enable javascript')
 * expect(rule({ id: 'b', text: 'A lighthouse keeper writes letters to the sea.' }).keep).toBe(true)
 * ```
 */
export function placeholderPage(options: PlaceholderPageOptions = {}): Rule {
  const {
    maxWords = 100,
    phrases = shortPagePhrases,
    phrasesAnywhere = ['lorem ipsum dolor'],
  } = options
  return ({ text }) => {
    const words = splitWords(text).length
    if (words === 0) return verdict(false, '', maxWords, 'the text is empty')
    const lower = text.toLowerCase()
    const filler = phrasesAnywhere.find((phrase) => lower.includes(phrase))
    if (filler !== undefined) return verdict(false, filler, maxWords, `contains "${filler}"`)
    if (words <= maxWords) {
      const found = phrases.find((phrase) => lower.includes(phrase))
      if (found !== undefined) {
        return verdict(false, found, maxWords, `only ${words} words, and contains "${found}"`)
      }
    }
    return verdict(true, words, maxWords, 'no phrase of a placeholder page')
  }
}

function verdict(
  keep: boolean,
  value: number | string,
  threshold: number,
  reason: string,
): Verdict {
  return { keep, rule: 'placeholderPage', value, threshold, reason }
}

const shortPagePhrases: readonly string[] = [
  'enable javascript',
  'javascript is disabled',
  'javascript is required',
  'requires javascript',
  'turn on javascript',
  'enable cookies',
  'forgot your password',
  'forgot password',
  'sign in to continue',
  'log in to continue',
  'please log in',
  'please sign in',
  'page not found',
  '404 not found',
  'error 404',
  'page you requested could not be found',
  'page you are looking for',
  'access denied',
  '403 forbidden',
  'internal server error',
  'service unavailable',
  'checking your browser',
  'verify you are human',
  'under construction',
  'coming soon',
  'domain is for sale',
  'domain has expired',
  'this domain is parked',
  'default web page',
  'index of /',
  'nothing to see here',
]
