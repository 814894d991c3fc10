import type { PartJson } from '../hugging-face/format.js'
import type { Decoding } from '../model.js'
import { type TokenTable, tokenTable } from '../token-table.js'
import { toBytes } from './raw-bytes.js'
import { wellFormed } from './well-formed.js'

/** The part of a pipeline that turns tokens back into text. */
export interface Decoder {
  /** This part in a tokenizer.json. */
  readonly json: PartJson
  readonly steps: readonly DecoderStep[]
  /** Decoding leaves one space out at the very end: it is the end-of-word mark of the last word. */
  readonly dropLastSpace?: boolean
}

/** What a token becomes, and what it becomes when it is the first one. Bytes are written as in `raw-bytes.ts`. */
export type DecoderStep = (token: string, first: boolean) => string

/** The bytes of every token, as decoding puts them in a row. Without a decoder a space stands between two tokens. */
export function decodingTables(
  decoder: Decoder | undefined,
  names: readonly (string | undefined)[],
): { tokens: TokenTable; decoding: Decoding | undefined } {
  const steps: readonly DecoderStep[] = decoder?.steps ?? [spaceBetween]
  const decode = (first: boolean): string[] =>
    names.map((name) =>
      name === undefined ? '' : steps.reduce((text, step) => step(text, first), wellFormed(name)),
    )
  const others = decode(false)
  const firsts = decode(true)
  const differs = firsts.some((text, id) => text !== others[id])
  const dropLastSpace = decoder?.dropLastSpace ?? false
  return {
    tokens: tokenTable(others.map(toBytes)),
    decoding:
      differs || dropLastSpace
        ? {
            ...(differs ? { first: tokenTable(firsts.map(toBytes)) } : {}),
            ...(dropLastSpace ? { dropLastSpace } : {}),
          }
        : undefined,
  }
}

function spaceBetween(token: string, first: boolean): string {
  return first ? token : ` ${token}`
}
