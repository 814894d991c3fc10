import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** About 14 MB that come with the installation: the compiler's code, its declarations, and its messages in thirteen languages. */
export function realTexts(): string[] {
  const lib = dirname(require.resolve('typescript'))
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).sort()
  return files
    .filter((name) => /(^_tsc\.js|^lib\..*\.d\.ts|diagnosticMessages\.generated\.json)$/.test(name))
    .flatMap((name) => readFileSync(join(lib, name), 'utf8').match(/[\s\S]{1,8000}/gu) ?? [])
}

/** Texts where tokenizers are known to go wrong: the reproduced bugs of other packages, and worse. */
export const edgeCases: readonly string[] = [
  '',
  ' ',
  '\n',
  '   \n\n  x',
  'Some Text <|endoftext|> more',
  '<|endoftext|><|endoftext|>more<|endoftext|>',
  '<|endoftext|',
  '<|<|endoftext|>|>',
  '\ufeffhi',
  'a\ufeff\ufeffb \ufeff c',
  'don\u0027\u017fa \u0085\u0085b \ufeff\ufeffc',
  "'s't're've'm'll'd 'S'T'RE ''s '''ll '",
  "it's they're I'LL we'ven 'tis rock'n'roll",
  'e\u0301 \u0301 \u200d\u200d 👩‍👩‍👧‍👦 🇩🇪 \u{1f468}\u{1f3fd}',
  '\u0000\u0001\u007f\u0080\u009f\u00ad',
  '\u2028\u2029\u00a0\u1680\u3000\u180e\u200b',
  '１２３ ٣٤ Ⅷ ½ 𝟙𝟚 x²',
  '\ufffd\ufffe\uffff\u{10ffff}\u{e0001}',
  '中'.repeat(500),
  'a'.repeat(5000),
  ' '.repeat(5000),
  '^'.repeat(3000),
  '\t \t \r\n\r\n \n',
  '__proto__ constructor toString',
  'Ġ Ċ ĉ č Ā ÿ \u00a1',
]

/** Random texts of code points from all over, reproducible from the seed. */
export function randomTexts(count: number, seed: number): string[] {
  let state = seed
  const next = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const kinds = [
    () => 32 + next(95),
    () => 97 + next(26),
    () => 32,
    () => next(0x250),
    () => next(0x3000),
    () => 0x4e00 + next(0x5000),
    () => 0xe000 + next(0x2000),
    () => 0x10000 + next(0x22000),
    () => 0xe0000 + next(0x200),
    () => [9, 10, 13, 39, 0x85, 0xa0, 0x3000, 0xfeff][next(8)]!,
  ]
  return Array.from({ length: count }, () =>
    Array.from({ length: next(60) }, () => {
      const point = kinds[next(kinds.length)]!()
      return String.fromCodePoint(point >= 0xd800 && point < 0xe000 ? 0xfffd : point)
    }).join(''),
  )
}

/** Offsets in code points to UTF-16 units. */
export function unitsOf(
  text: string,
  offsets: readonly [number, number][],
): { starts: number[]; ends: number[] } {
  const at = [0]
  for (const character of text) at.push(at.at(-1)! + character.length)
  return { starts: offsets.map(([start]) => at[start]!), ends: offsets.map(([, end]) => at[end]!) }
}
