import { mergesFromRanks } from '../bpe/merges-from-ranks.js'
import { type BpeVocabulary, byteIds, MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { bytesOf, type TokenTable } from '../token-table.js'
import { decodeBase64, toBase64 } from './base64.js'

/** Longer than any token known: o200k's longest has 128 bytes. */
const MAX_TOKEN_BYTES = 1 << 16

/** What a `.tiktoken` file leaves out. */
export interface TiktokenSettings {
  readonly pattern: BpeVocabulary['pattern']
  readonly specialTokens: ReadonlyMap<string, number>
}

/**
 * Byte-level BPE from the content of a `.tiktoken` file: a line for each token with its bytes in base64 and its rank, which is its
 * id and the order of the merges in one. https://github.com/openai/tiktoken, tiktoken/load.py.
 *
 * @throws RangeError with the line that is damaged, or when a special token has the id of another token
 */
export function readTiktoken(
  content: Uint8Array,
  { pattern, specialTokens }: TiktokenSettings,
): BpeVocabulary {
  const tokens = tokensById(readLines(content), specialTokens)
  const missing = byteIds({ tokens, specialTokens }).indexOf(-1)
  if (missing >= 0) fail(`a token for each of the 256 bytes, got none for byte ${missing}`)
  const { unmerged, ...merges } = mergesFromRanks(tokens, specialTokens)
  return { pattern, tokens, specialTokens, ...merges, ignoreMerges: unmerged.length > 0 }
}

/**
 * The content of a `.tiktoken` file. It holds neither the pattern nor the special tokens: who reads it has to know them.
 *
 * @throws RangeError when the merges cannot be told from the order of the ids
 */
export function writeTiktoken(vocabulary: BpeVocabulary): string {
  const { tokens, specialTokens, left, right, product, ignoreMerges } = vocabulary
  const derived = mergesFromRanks(tokens, specialTokens)
  const key = (a: number, b: number): number => a * MAX_VOCABULARY + b
  const own = new Set(Array.from(left, (a, rank) => key(a, right[rank] as number)))
  const faithful =
    product.every((id, rank) => rank === 0 || id >= (product[rank - 1] as number)) &&
    derived.left.every((a, rank) => own.has(key(a, derived.right[rank] as number))) &&
    (ignoreMerges || derived.unmerged.length === 0)
  if (!faithful) {
    throw new RangeError(
      'saveTokenizer: expected merges in the order of the ids, which is all that .tiktoken files tell of them, got others; save as tokenizer.json',
    )
  }
  const special = new Set(specialTokens.values())
  const lines: string[] = []
  for (let id = 0; id < tokens.size; id++) {
    const bytes = bytesOf(tokens, id)
    if (bytes.length > 0 && !special.has(id)) lines.push(`${toBase64(bytes)} ${id}\n`)
  }
  return lines.join('')
}

/** Tokens as they stand in the file: the bytes of all in a row, where each ends, and its rank. */
interface Lines {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
  readonly ranks: Uint32Array
  readonly count: number
}

function readLines(content: Uint8Array): Lines {
  // The shortest line is "IQ== 0"; base64 is longer than what it stands for.
  const most = Math.min(Math.ceil(content.length / 6), MAX_VOCABULARY)
  const bytes = new Uint8Array(content.length)
  const ends = new Uint32Array(most)
  const ranks = new Uint32Array(most)
  let count = 0
  let at = 0
  for (let p = 0; p < content.length; ) {
    let lineEnd = content.indexOf(0x0a, p)
    if (lineEnd < 0) lineEnd = content.length
    const next = lineEnd + 1
    if (lineEnd > p && content[lineEnd - 1] === 0x0d) lineEnd--
    if (lineEnd > p) {
      const line = `line ${count + 1}`
      if (count === most) fail(`at most ${MAX_VOCABULARY} tokens, got more`)
      const space = content.subarray(p, lineEnd).indexOf(0x20)
      const end = space < 1 ? -1 : decodeBase64(content, p, p + space, bytes, at)
      if (end <= at) fail(`a token in base64, a space and its rank in ${line}, got something else`)
      if (end - at > MAX_TOKEN_BYTES) {
        fail(`tokens of at most ${MAX_TOKEN_BYTES} bytes, got ${end - at} in ${line}`)
      }
      const rank = readRank(content, p + space + 1, lineEnd)
      if (rank < 0) fail(`a rank from 0 to ${MAX_VOCABULARY - 1} in ${line}, got something else`)
      at = end
      ends[count] = end
      ranks[count++] = rank
    }
    p = next
  }
  if (count === 0) fail('lines with a token in base64, a space and its rank, got none')
  return { bytes, ends, ranks, count }
}

/** The decimal number in a stretch of text, -1 when it is none or too large. */
function readRank(content: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 7) return -1
  let rank = 0
  for (let i = start; i < end; i++) {
    const digit = (content[i] as number) - 0x30
    if (digit < 0 || digit > 9) return -1
    rank = rank * 10 + digit
  }
  return rank < MAX_VOCABULARY ? rank : -1
}

function tokensById(
  { bytes, ends, ranks, count }: Lines,
  specialTokens: ReadonlyMap<string, number>,
): TokenTable {
  let size = 0
  for (let i = 0; i < count; i++) size = Math.max(size, (ranks[i] as number) + 1)
  for (const id of specialTokens.values()) size = Math.max(size, id + 1)
  const lineOf = new Int32Array(size).fill(-1)
  for (let i = 0; i < count; i++) {
    const rank = ranks[i] as number
    if (lineOf[rank] !== -1) fail(`each rank once, got ${rank} twice`)
    lineOf[rank] = i
  }
  const utf8 = new TextEncoder()
  const names = new Map<number, Uint8Array>()
  let total = (ends[count - 1] as number) ?? 0
  for (const [name, id] of specialTokens) {
    if (lineOf[id] !== -1) {
      fail(`special tokens with ids of their own, got ${id} for ${JSON.stringify(name)}`)
    }
    if (names.has(id)) continue
    const spelled = utf8.encode(name)
    names.set(id, spelled)
    total += spelled.length
  }
  const table = { bytes: new Uint8Array(total), offsets: new Uint32Array(size + 1), size }
  let at = 0
  for (let id = 0; id < size; id++) {
    const line = lineOf[id] as number
    const token =
      line >= 0
        ? bytes.subarray(line === 0 ? 0 : (ends[line - 1] as number), ends[line])
        : names.get(id)
    if (token !== undefined) {
      table.bytes.set(token, at)
      at += token.length
    }
    table.offsets[id + 1] = at
  }
  return table
}

function fail(expected: string): never {
  throw new RangeError(`loadTokenizer: .tiktoken: expected ${expected}`)
}
