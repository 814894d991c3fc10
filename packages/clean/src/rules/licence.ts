import type { Document, Verdict } from '@llm/data'
import parse, { type Info } from 'spdx-expression-parse'
import { isCopyleft } from './copyleft.js'
import type { Rule } from './rule.js'

export interface LicenceOptions {
  /** What to do with a document without a licence, or with one that is not an SPDX expression. Default `'drop'`. */
  readonly unknown?: 'keep' | 'drop'
}

/**
 * Keeps documents that may be used under one of the given SPDX licences.
 *
 * `document.license` is an SPDX expression: for `MIT OR GPL-3.0-only` one side has to be in the list, for `AND` both.
 * A `+` and an exception (`WITH ...`) do not change the licence's name.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { licenceIn } = await import('./licence.js')
 * const rule = licenceIn(['MIT', 'Apache-2.0'])
 * expect(rule({ id: 'a', text: '', license: 'MIT OR GPL-3.0-only' }).keep).toBe(true)
 * expect(rule({ id: 'b', text: '' }).reason).toBe('no licence given')
 * ```
 */
export function licenceIn(licences: readonly string[], options: LicenceOptions = {}): Rule {
  const allowed = new Set(licences)
  return licenceRule('licenceIn', licences.join(' '), (name) => allowed.has(name), options)
}

/**
 * Drops documents that can only be used under one of the given SPDX licences; by default the copyleft ones, as PaLM
 * did for code (Chowdhery et al. 2022, section 3).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { licenceNot } = await import('./licence.js')
 * const rule = licenceNot()
 * expect(rule({ id: 'a', text: '', license: 'GPL-3.0-or-later' }).keep).toBe(false)
 * expect(rule({ id: 'b', text: '', license: 'ISC' }).keep).toBe(true)
 * ```
 */
export function licenceNot(
  licences: 'copyleft' | readonly string[] = 'copyleft',
  options: LicenceOptions = {},
): Rule {
  if (licences === 'copyleft')
    return licenceRule('licenceNot', 'not copyleft', (name) => !isCopyleft(name), options)
  const refused = new Set(licences)
  return licenceRule(
    'licenceNot',
    `not ${licences.join(' ')}`,
    (name) => !refused.has(name),
    options,
  )
}

function licenceRule(
  rule: string,
  threshold: string,
  allowed: (licence: string) => boolean,
  options: LicenceOptions,
): Rule {
  const unknown = options.unknown === 'keep'
  const verdict = (keep: boolean, value: string, reason: string): Verdict => ({
    keep,
    rule,
    value,
    threshold,
    reason,
  })
  // A corpus repeats a few expressions endlessly; the table is dropped when hostile input makes it grow.
  let known = new Map<string, Verdict>()
  return ({ license = '' }: Document) => {
    let result = known.get(license)
    if (result === undefined) {
      result = judge(license)
      if (known.size >= 1000) known = new Map()
      known.set(license, result)
    }
    return result
  }

  function judge(license: string): Verdict {
    const shown = license.slice(0, 80)
    if (license === '') return verdict(unknown, shown, 'no licence given')
    const expression = parseExpression(license)
    if (expression === undefined) return verdict(unknown, shown, `not an SPDX expression: ${shown}`)
    const keep = permits(expression, allowed)
    return verdict(keep, license, `${license} is ${keep ? '' : 'not '}allowed (${threshold})`)
  }
}

function parseExpression(license: string): Info | undefined {
  // The parser recurses: expressions longer than any real one are not tried.
  if (license === '' || license.length > 500) return undefined
  try {
    return parse(license)
  } catch {
    return undefined
  }
}

function permits(expression: Info, allowed: (licence: string) => boolean): boolean {
  if ('conjunction' in expression) {
    const left = permits(expression.left, allowed)
    const right = permits(expression.right, allowed)
    return expression.conjunction === 'or' ? left || right : left && right
  }
  return allowed(expression.license)
}
