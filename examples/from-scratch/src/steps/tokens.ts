import { join } from 'node:path'
import {
  type Document,
  openTokenFile,
  pipe,
  readJsonl,
  type TokenFile,
  type TokenFileHeader,
  writeTokenFile,
} from '@llm/data'
import { encodeDocuments, saveTokenizer, type Tokenizer, trainBpe } from '@llm/tokenizer'
import type { TokenizerSummary } from '../summary.js'

const endOfText = '<|endoftext|>'

/** The id that ends every document. */
export function endOf(tokenizer: Tokenizer): number {
  const id = tokenizer.specialTokens.get(endOfText)
  if (id === undefined) throw new Error(`endOf: expected a tokenizer with ${endOfText}`)
  return id
}

/** Documents of one part, as `prepareDocuments` left them. */
export function documentsOf(
  directory: string,
  part: 'training' | 'validation',
): AsyncIterable<Document> {
  return readJsonl('*.jsonl', { cwd: join(directory, part) })
}

/** Learns the vocabulary from the training text alone, and saves it. */
export async function learnTokenizer(
  directory: string,
  options: { vocabularySize: number; signal: AbortSignal; progress: (text: string) => void },
): Promise<Tokenizer> {
  const { vocabularySize, signal, progress } = options
  const tokenizer = await trainBpe(textsOf(documentsOf(directory, 'training'), signal), {
    vocabularySize,
    progress: ({ task, done, unit }) =>
      progress(`${task}: ${done.toLocaleString('en-US')} ${unit}`),
  })
  await saveTokenizer(tokenizer, join(directory, 'tokenizer.json'))
  return tokenizer
}

/** Writes the ids of a part to a token file, each document ended by its mark. */
export function writeTokens(
  directory: string,
  part: 'training' | 'validation',
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<TokenFileHeader> {
  const documents = pipe(
    documentsOf(directory, part),
    untilAborted(signal),
    encodeDocuments(tokenizer),
  )
  return writeTokenFile(tokensPath(directory, part), documents, {
    vocabularySize: tokenizer.vocabularySize,
    tokenizerHash: tokenizer.hash,
    endOfDocument: endOf(tokenizer),
  })
}

export function openTokens(directory: string, part: 'training' | 'validation'): Promise<TokenFile> {
  return openTokenFile(tokensPath(directory, part))
}

/** What the vocabulary looks like, and how the training text uses it. */
export async function describeTokenizer(
  tokenizer: Tokenizer,
  training: TokenFile,
): Promise<TokenizerSummary> {
  const counts = new Float64Array(tokenizer.vocabularySize)
  const window = 1 << 20
  for (let start = 0; start < training.length; start += window) {
    for (const id of training.read(start, Math.min(window, training.length - start))) counts[id]!++
  }
  const sorted = [...counts].filter((count) => count > 0).sort((a, b) => b - a)
  const special = new Set(tokenizer.specialTokens.values())
  const ids = Array.from(counts.keys()).filter((id) => !special.has(id))
  const sizes = ids.map((id) => ({ id, bytes: tokenizer.tokenBytes(id).length }))
  const lengths: number[] = []
  for (const { bytes } of sizes) {
    while (lengths.length <= bytes) lengths.push(0)
    lengths[bytes]!++
  }
  const longest = [...sizes].sort((a, b) => b.bytes - a.bytes || a.id - b.id).slice(0, 12)
  return {
    vocabularySize: tokenizer.vocabularySize,
    hash: tokenizer.hash,
    used: sorted.length,
    frequencies: ranks(sorted.length).map((rank) => [rank, sorted[rank - 1]!]),
    lengths,
    longest: longest.map(({ id }) => tokenizer.decode([id])),
  }
}

/** Ranks from 1 to `count`, ever further apart: enough for a plot with a logarithmic axis. */
function ranks(count: number): number[] {
  const found: number[] = []
  for (let rank = 1; rank <= count; rank = Math.max(rank + 1, Math.round(rank * 1.05)))
    found.push(rank)
  return found
}

function tokensPath(directory: string, part: string): string {
  return join(directory, `${part}.tokens`)
}

async function* textsOf(
  documents: AsyncIterable<Document>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const { text } of untilAborted(signal)(documents)) yield text
}

function untilAborted(signal: AbortSignal) {
  return async function* (documents: AsyncIterable<Document>): AsyncGenerator<Document> {
    let read = 0
    for await (const document of documents) {
      signal.throwIfAborted()
      yield document
      if (++read % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
