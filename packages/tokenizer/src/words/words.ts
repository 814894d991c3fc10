import type { WordLevelModelJson } from '../hugging-face/format.js'
import type { ModelPart } from '../pipeline/model-part.js'

export interface WordVocabulary {
  /** Words and their ids, special tokens not among them. */
  readonly ids: ReadonlyMap<string, number>
  /** What stands for a word that is not in the vocabulary: its name and id. Without an id such a word is an error. */
  readonly unknown: { readonly name: string; readonly id: number | undefined }
}

/** One id per piece, which a pre-tokenizer cuts: the model that Hugging Face's tokenizers calls WordLevel. */
export function wordsPart(vocabulary: WordVocabulary, json: () => WordLevelModelJson): ModelPart {
  const { ids, unknown } = vocabulary
  return {
    kind: 'words',
    pieces: {
      encode(piece, out, spans) {
        const id = ids.get(piece) ?? unknown.id
        if (id === undefined) {
          throw new RangeError(
            `encode: expected words of the vocabulary, got ${JSON.stringify(piece)}; train with an unknown token to allow others`,
          )
        }
        out.push(id)
        spans?.push(0)
        spans?.push(piece.length)
      },
    },
    json,
  }
}
