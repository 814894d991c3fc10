import { pattern } from '../../patterns/patterns.js'
import { unchanged } from '../aligned-text.js'
import { byteAlphabet } from '../normalizers/character-rules.js'
import { prepend } from '../normalizers/prepend.js'
import type { Cut, PreTokenizer } from '../pre-tokenizer.js'
import { patternCut } from './pattern-cut.js'

export interface ByteLevelOptions {
  /** Put a space before a piece that starts with none. */
  readonly addPrefixSpace: boolean
  /** Kept only: it is about what offsets cover. */
  readonly trimOffsets: boolean
  /** Cut with GPT-2's pattern. */
  readonly useRegex: boolean
}

/** Writes every byte as a character of GPT-2's alphabet. */
export function byteLevel({
  addPrefixSpace,
  trimOffsets,
  useRegex,
}: ByteLevelOptions): PreTokenizer {
  const space = prepend(' ')
  const needsSpace = (piece: string): boolean => !piece.startsWith(' ')
  const letters = byteAlphabet()
  return {
    json: {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: useRegex,
    },
    steps: [
      ...(addPrefixSpace
        ? [
            {
              change: {
                apply: (piece: string) => (needsSpace(piece) ? space.apply(piece) : piece),
                align: (piece: string) =>
                  needsSpace(piece) ? space.align(piece) : unchanged(piece),
              },
            },
          ]
        : []),
      ...(useRegex ? [{ cut: gpt2Cut() }] : []),
      { change: letters },
    ],
  }
}

/** Made when it first cuts, as a file with a fast path has another for it. */
function gpt2Cut(): Cut {
  let cut: Cut | undefined
  return (text, emit) => {
    cut ??= patternCut(pattern('gpt2'))
    cut(text, emit)
  }
}
