/** Writes typographic quotes, dashes, ellipses and accents used as apostrophes with ASCII characters. */
export function asciiPunctuation(text: string): string {
  return text.replace(typographic, (character) => ascii.get(character) ?? character)
}

const ascii: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ...Array.from('\u2018\u2019\u201a\u201b\u2032\xb4\u02bc', (character): [string, string] => [
    character,
    "'",
  ]),
  ...Array.from('\u201c\u201d\u201e\u201f\u2033', (character): [string, string] => [
    character,
    '"',
  ]),
  ...Array.from('\u2010\u2011\u2012\u2013\u2014\u2015\u2212', (character): [string, string] => [
    character,
    '-',
  ]),
  ['\u2026', '...'],
])

const typographic = /[\xb4\u02bc\u2010-\u2015\u2018-\u201f\u2026\u2032\u2033\u2212]/g
