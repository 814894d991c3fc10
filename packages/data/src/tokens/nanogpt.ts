import { stat } from 'node:fs/promises'
import {
  type ExportTokensOptions,
  exportRaw,
  type ImportTokensOptions,
  importRaw,
} from './convert.js'
import type { TokenFileHeader } from './header.js'

/**
 * Turns a `.bin` file as nanoGPT's `data/<name>/prepare.py` write it (nothing but 16-bit ids) into a token file. nanoGPT puts
 * the end-of-document id (50256 with GPT-2's tokenizer) after each document.
 *
 * @throws Error if the number of bytes is odd
 * @throws RangeError if an id is not below `vocabularySize`
 */
export async function importNanoGpt(
  from: string,
  to: string,
  options: ImportTokensOptions,
): Promise<TokenFileHeader> {
  const { size } = await stat(from)
  if (size % 2 !== 0) {
    throw new Error(`importNanoGpt: expected an even number of bytes, got ${size} in ${from}`)
  }
  const layout = { offset: 0, width: 16, tokens: size / 2, separator: 'after' } as const
  return importRaw('importNanoGpt', from, to, layout, options)
}

/**
 * Writes the ids of a token file as a nanoGPT `.bin`; two calls with different ranges make `train.bin` and `val.bin`.
 *
 * @returns how many ids were written
 * @throws Error if the vocabulary has more than 65,536 ids
 * @throws RangeError if the range is not inside the file
 */
export async function exportNanoGpt(
  from: string,
  to: string,
  options: ExportTokensOptions = {},
): Promise<number> {
  const prefix = (width: 16 | 32): Uint8Array => {
    if (width === 16) return new Uint8Array(0)
    throw new Error(
      `exportNanoGpt: expected 16-bit ids, got 32-bit ids in ${from}; exportLlmC can write those`,
    )
  }
  return exportRaw('exportNanoGpt', from, to, prefix, options)
}
