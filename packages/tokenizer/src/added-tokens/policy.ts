import type { AddedToken } from '../model.js'
import type { SpecialTokenPolicy } from '../types.js'

/** What is done where a token stands: nothing, it becomes its id, or an error. */
export const LEAVE = 0
export const TAKE = 1
export const REFUSE = 2

/** What is done for each added token, by its index; undefined when nothing is done for any. */
export type Policy = Uint8Array | undefined

/**
 * Makes the function that turns options into a policy. Tokens that are not special are always taken.
 *
 * @throws RangeError from the function, when an option names a token that is not special.
 */
export function policies(tokens: readonly AddedToken[]): (options: SpecialTokenPolicy) => Policy {
  const special = new Map(
    tokens.flatMap(({ content, special }, i) => (special ? [[content, i] as const] : [])),
  )
  const always = Uint8Array.from(tokens, (token) => (token.special ? LEAVE : TAKE))
  const usual = always.includes(TAKE) ? always : undefined

  return ({ allowedSpecial, disallowedSpecial }) => {
    if (allowedSpecial === undefined && disallowedSpecial === undefined) return usual
    const policy = always.slice()
    // What is allowed is not refused, so it is entered last.
    enter(policy, disallowedSpecial, REFUSE, 'disallowedSpecial')
    enter(policy, allowedSpecial, TAKE, 'allowedSpecial')
    return policy.some((what) => what !== LEAVE) ? policy : undefined
  }

  function enter(
    policy: Uint8Array,
    wanted: SpecialTokenPolicy['allowedSpecial'],
    what: number,
    option: string,
  ): void {
    if (wanted === undefined) return
    for (const name of wanted === 'all' ? special.keys() : wanted) {
      const index = special.get(name)
      if (index === undefined) {
        throw new RangeError(
          `encode: expected names of special tokens in ${option}, got ${JSON.stringify(name)}`,
        )
      }
      policy[index] = what
    }
  }
}
