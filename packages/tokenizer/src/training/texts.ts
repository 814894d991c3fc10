/** What trainers learn from: texts, or documents with a text as the readers of `@llm/data` give them, at once or one by one. */
export type TrainingTexts = Iterable<TrainingText> | AsyncIterable<TrainingText>

export type TrainingText = string | { readonly text: string }

/** The text of an item. @throws TypeError when it is neither a text nor a document. */
export function textOf(name: string, item: unknown): string {
  if (typeof item === 'string') return item
  const text = typeof item === 'object' && item !== null && 'text' in item ? item.text : undefined
  if (typeof text === 'string') return text
  throw new TypeError(
    `${name}: expected texts that are strings, or documents with a text, got ${item === null ? 'null' : typeof item}`,
  )
}
