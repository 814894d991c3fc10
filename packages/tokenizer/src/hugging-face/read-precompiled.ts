import { decodeBase64 } from '../formats/base64.js'
import type { Normalizer } from '../pipeline/normalizer.js'
import { precompiled } from '../pipeline/normalizers/precompiled.js'
import { fail, type Json, string } from './check.js'

/** Reads a normalizer of SentencePiece's replacement rules. */
export function readPrecompiled(part: Json, where: string): Normalizer {
  const text = string(part.precompiled_charsmap, `${where}.precompiled_charsmap`)
  const from = new TextEncoder().encode(text)
  const to = new Uint8Array(Math.ceil((from.length * 3) / 4))
  const end = decodeBase64(from, 0, from.length, to, 0)
  if (end < 0) fail(`${where}.precompiled_charsmap`, 'base64', text)
  return precompiled(to.slice(0, end))
}
