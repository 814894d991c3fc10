import type { AddedToken } from '../model.js'
import { spacesAfter, spacesBefore } from '../unicode/white-space.js'
import { wordEndsAt, wordStartsAt } from '../unicode/words.js'
import { LEAVE, type Policy, REFUSE, TAKE } from './policy.js'
import { type FindTokens, tokenFinder } from './token-finder.js'

/** A part of a text: the place of the added token `id`, or what the model encodes, with an id of -1. */
export interface Section {
  readonly id: number
  readonly start: number
  readonly end: number
}

/** A stretch of a text, up to `end`, that has a policy of its own. */
export interface Stretch {
  readonly end: number
  readonly policy: Policy
}

/** The place in the original text of a place in the text that is cut. */
export type Origin = (start: number, end: number) => readonly [start: number, end: number]

/**
 * Cuts a text at the added tokens that its policies take, and returns the parts in order.
 * @throws RangeError where a token stands that is refused.
 */
export type CutAdded = (text: string, stretches: readonly Stretch[], origin?: Origin) => Section[]

/**
 * Makes the cutter. Where several tokens could stand, the leftmost is taken, and of those at one place the longest, as by
 * Hugging Face's tokenizers, whose rules for white space and single words these are. `spelling` gives what is looked for,
 * nothing if it is empty.
 */
export function addedTokenCutter(
  tokens: readonly AddedToken[],
  spelling: (token: AddedToken) => string,
): CutAdded {
  let find: FindTokens | undefined

  return (text, stretches, origin = same) => {
    if (stretches.every(({ policy }) => policy === undefined)) return [ordinary(0, text.length)]
    find ??= tokenFinder(tokens.map(spelling))
    return assemble(text, candidates(find, text, stretches, origin))
  }

  /** Of what may be taken, the longest token at each place; from the end of the text to its start. */
  function candidates(
    find: FindTokens,
    text: string,
    stretches: readonly Stretch[],
    origin: Origin,
  ): { readonly token: number; readonly start: number; readonly end: number }[] {
    const out: { token: number; start: number; end: number }[] = []
    let refused: { readonly token: number; readonly start: number } | undefined
    let at = stretches.length - 1
    find(text, (token, start, end) => {
      const [from, to] = origin(start, end)
      while (at > 0 && (stretches[at - 1] as Stretch).end > from) at--
      const stretch = stretches[at] as Stretch
      let what = stretch.policy?.[token] ?? LEAVE
      // Across a border only what is taken everywhere.
      if (to > stretch.end && tokens[token]?.special) what = LEAVE
      if (what === REFUSE && refused?.start !== from) refused = { token, start: from }
      if (what === TAKE && out.at(-1)?.start !== start) out.push({ token, start, end })
    })
    if (refused !== undefined) {
      throw new RangeError(
        `encode: expected no ${JSON.stringify(tokens[refused.token]?.content)} in the text, got one at index ${refused.start}; allow it with allowedSpecial, or leave it out of disallowedSpecial to encode it as text`,
      )
    }
    return out
  }

  function assemble(
    text: string,
    found: readonly { readonly token: number; readonly start: number; readonly end: number }[],
  ): Section[] {
    const out: Section[] = []
    // Where the token before ends, without and with the white space it took along: tokens in there are gone, where Hugging
    // Face's tokenizers stop the process. A token that is no single word uses up its place, but is text.
    let passed = 0
    let done = 0
    for (let i = found.length - 1; i >= 0; i--) {
      const { token, start, end } = found[i] as (typeof found)[number]
      if (start < passed || start < done) continue
      passed = end
      const { id, singleWord, lstrip, rstrip } = tokens[token] as AddedToken
      if (singleWord && (wordEndsAt(text, start) || wordStartsAt(text, end))) continue
      const from = lstrip ? spacesBefore(text, start, done) : start
      if (from > done) out.push(ordinary(done, from))
      done = rstrip ? spacesAfter(text, end) : end
      out.push({ id, start: from, end: done })
    }
    if (done < text.length || out.length === 0) out.push(ordinary(done, text.length))
    return out
  }
}

function ordinary(start: number, end: number): Section {
  return { id: -1, start, end }
}

function same(start: number, end: number): readonly [number, number] {
  return [start, end]
}
