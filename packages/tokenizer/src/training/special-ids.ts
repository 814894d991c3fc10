/** Special tokens with the one that stands for what is unknown among them. `'error'` stands for none. */
export function withUnknown(specialTokens: readonly string[], unknown: string): readonly string[] {
  if (unknown === 'error' || specialTokens.includes(unknown)) return specialTokens
  return [...specialTokens, unknown]
}

/** Names in the order of their ids, with the special tokens before or after all others. */
export function placeSpecial(
  names: readonly string[],
  specialTokens: readonly string[],
  at: 'start' | 'end',
): { readonly names: readonly string[]; readonly specialTokens: ReadonlyMap<string, number> } {
  const first = at === 'start' ? 0 : names.length
  return {
    names: at === 'start' ? [...specialTokens, ...names] : [...names, ...specialTokens],
    specialTokens: new Map(specialTokens.map((name, i) => [name, first + i])),
  }
}
