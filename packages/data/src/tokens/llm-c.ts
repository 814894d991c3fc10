import { open } from 'node:fs/promises'
import {
  type ExportTokensOptions,
  exportRaw,
  type ImportTokensOptions,
  importRaw,
  type RawLayout,
} from './convert.js'
import type { TokenFileHeader } from './header.js'

const headBytes = 256 * 4
const maxTokens = 2 ** 31 - 1

/** The layouts that llm.c's `dev/data/data_common.py` writes: for GPT-2 and for Llama 3. */
const layouts = [
  { magic: 20240520, version: 1, width: 16 },
  { magic: 20240801, version: 7, width: 32 },
] as const

/**
 * Turns a `.bin` file of llm.c (a head of 256 32-bit integers: magic, version, number of ids; then 16-bit ids, or 32-bit ids
 * in its Llama 3 layout) into a token file. llm.c puts the end-of-document id (50256 with GPT-2's tokenizer) before each document.
 *
 * @throws Error if the head is another one, or the file has not the size it asks for
 * @throws RangeError if an id is not below `vocabularySize`
 */
export async function importLlmC(
  from: string,
  to: string,
  options: ImportTokensOptions,
): Promise<TokenFileHeader> {
  return importRaw('importLlmC', from, to, await readHead(from), options)
}

/**
 * Writes the ids of a token file as llm.c's `.bin`: its GPT-2 layout for 16-bit ids, its Llama 3 layout for 32-bit ids.
 * Several calls with different ranges make shards.
 *
 * @returns how many ids were written
 * @throws RangeError if the range is not inside the file, or is longer than 2^31 - 1 ids
 */
export async function exportLlmC(
  from: string,
  to: string,
  options: ExportTokensOptions = {},
): Promise<number> {
  const prefix = (width: 16 | 32, count: number): Uint8Array => {
    if (count > maxTokens) {
      throw new RangeError(
        `exportLlmC: expected at most ${maxTokens} ids in one file, got ${count}; write shards with start and count`,
      )
    }
    const { magic, version } = layouts.find((layout) => layout.width === width)!
    const head = Buffer.alloc(headBytes)
    for (const [i, value] of [magic, version, count].entries()) head.writeInt32LE(value, 4 * i)
    return head
  }
  return exportRaw('exportLlmC', from, to, prefix, options)
}

async function readHead(path: string): Promise<RawLayout> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const head = Buffer.alloc(headBytes)
    const { bytesRead } = await handle.read(head, 0, headBytes, 0)
    if (bytesRead < headBytes) {
      throw new Error(`importLlmC: expected at least ${headBytes} bytes, got ${size} in ${path}`)
    }
    const magic = head.readInt32LE(0)
    const version = head.readInt32LE(4)
    const tokens = head.readInt32LE(8)
    const layout = layouts.find((known) => known.magic === magic && known.version === version)
    if (!layout) {
      const known = layouts.map((each) => `${each.magic} version ${each.version}`).join(' or ')
      throw new Error(
        `importLlmC: expected magic ${known}, got ${magic} version ${version} in ${path}`,
      )
    }
    const expected = headBytes + (tokens * layout.width) / 8
    if (tokens < 0 || size !== expected) {
      throw new Error(
        `importLlmC: expected ${expected} bytes for ${tokens} ids, got ${size} in ${path}`,
      )
    }
    return { offset: headBytes, width: layout.width, tokens, separator: 'before' }
  } finally {
    await handle.close()
  }
}
