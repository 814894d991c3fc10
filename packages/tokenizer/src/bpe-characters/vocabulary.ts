/** BPE whose first symbols are characters: what GPT-1, Llama 1 and 2 and their relatives have. */
export interface CharacterVocabulary {
  /** Ids that text can produce, by their names. */
  readonly ids: ReadonlyMap<string, number>
  /** Merge `r` turns `left[r]`, `right[r]` into `product[r]`; lower goes first. */
  readonly left: Int32Array
  readonly right: Int32Array
  readonly product: Int32Array
  /** Stands before each character that is not the first of its piece; empty for none. */
  readonly prefix: string
  /** Stands after the last character of a piece; empty for none. */
  readonly suffix: string
  /** What a character that is not in the vocabulary becomes: an id, or an error. */
  readonly unknown: number | undefined
  /** Unknown characters in a row are one id. */
  readonly fuseUnknown: boolean
  /** A character that is not in the vocabulary becomes its UTF-8 bytes, `<0x0A>`, where these are. */
  readonly byteFallback: boolean
  /** A piece that is a token as a whole is that token, whatever the merges make of it. */
  readonly ignoreMerges: boolean
}
