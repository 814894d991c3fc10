import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import type { Tokenizer, TokenizerKind } from '../types.js'
import { counter, type Tally, type TokenizerFigures, tally, textSize } from './figures.js'

/** A text to compare on: a string, or a document of `@llm/data`. */
export type ComparedText =
  | string
  | { readonly text: string; readonly metadata?: Readonly<Record<string, unknown>> }

export interface CompareTokenizersOptions {
  /** Language of a text. Default: `metadata.language` when it is a string, else `'unknown'`. */
  readonly language?: (text: ComparedText) => string
  /** Called with the texts counted. */
  readonly progress?: Progress
}

/** One tokenizer's figures over all texts, and by language. Plain data. */
export interface ComparedTokenizer extends TokenizerFigures {
  readonly kind: TokenizerKind
  readonly vocabularySize: number
  /** By language, most bytes first; languages beyond the first thousand different ones are `'other'`. */
  readonly languages: Readonly<Record<string, TokenizerFigures>>
}

const MAX_LANGUAGES = 1000

/**
 * What several tokenizers make of the same texts: how many tokens, how many bytes in each, how many words come apart,
 * what is lost. Texts are read once and not kept. Special tokens in the texts are ordinary text.
 *
 * @param tokenizers by the names that the result has.
 * @throws TypeError when a text is neither a string nor an object with one.
 * @example
 * ```ts @import.meta.vitest
 * const { compareTokenizers } = await import('./compare-tokenizers.js')
 * const { trainBpe } = await import('../bpe/train-bpe.js')
 * const { trainCharacters } = await import('../characters/train-characters.js')
 * const texts = ['low lower lowest', { text: 'low', metadata: { language: 'en' } }]
 * const { bpe, characters } = await compareTokenizers(texts, {
 *   bpe: await trainBpe(['low lower lowest'], { vocabularySize: 265 }),
 *   characters: await trainCharacters(['low lower lowest']),
 * })
 * expect(characters).toMatchObject({ bytes: 19, words: 4, tokens: 19, bytesPerToken: 1 })
 * expect(bpe!.bytesPerToken).toBeGreaterThan(4)
 * expect(bpe!.languages.en).toMatchObject({ tokens: 1, tokensPerWord: 1, unknownRate: 0 })
 * ```
 */
export async function compareTokenizers(
  texts: Iterable<ComparedText> | AsyncIterable<ComparedText>,
  tokenizers: Readonly<Record<string, Tokenizer>>,
  options: CompareTokenizersOptions = {},
): Promise<Record<string, ComparedTokenizer>> {
  const { language = ofMetadata, progress } = options
  checkTexts('compareTokenizers', texts)
  const entries = Object.entries(tokenizers).map(([name, tokenizer]) => ({
    name,
    tokenizer,
    count: counter(tokenizer),
    all: tally(),
    languages: new Map<string, Tally>(),
  }))
  let done = 0
  for await (const one of texts) {
    const text = textOf(one)
    const size = textSize(text)
    const spoken = language(one)
    for (const { count, all, languages } of entries) {
      const [tokens, unknown] = count(text)
      all.add(size, tokens, unknown)
      tallyOf(languages, spoken).add(size, tokens, unknown)
    }
    progress?.({ task: 'comparing tokenizers', done: ++done, unit: 'texts' })
  }
  return Object.fromEntries(
    entries.map(({ name, tokenizer, all, languages }) => [
      name,
      {
        kind: tokenizer.kind,
        vocabularySize: tokenizer.vocabularySize,
        ...all.figures(),
        languages: byBytes(languages),
      },
    ]),
  )
}

function tallyOf(languages: Map<string, Tally>, language: string): Tally {
  const name = languages.has(language) || languages.size < MAX_LANGUAGES ? language : 'other'
  let found = languages.get(name)
  if (found === undefined) {
    found = tally()
    languages.set(name, found)
  }
  return found
}

function byBytes(languages: ReadonlyMap<string, Tally>): Record<string, TokenizerFigures> {
  const figures = Array.from(languages, ([language, each]) => [language, each.figures()] as const)
  return Object.fromEntries(figures.sort(([, a], [, b]) => b.bytes - a.bytes))
}

function textOf(one: ComparedText): string {
  const text = typeof one === 'string' ? one : one?.text
  if (typeof text !== 'string') {
    throw new TypeError(
      `compareTokenizers: expected strings or objects with a text, got ${one === null ? 'null' : typeof one}`,
    )
  }
  return text
}

function ofMetadata(one: ComparedText): string {
  const language = typeof one === 'string' ? undefined : one.metadata?.language
  return typeof language === 'string' ? language : 'unknown'
}
