import { bpeModel } from '../bpe/bpe-model.js'
import { createTokenizer } from '../create-tokenizer.js'
import type { TiktokenSettings } from '../formats/tiktoken.js'
import type { Tokenizer } from '../types.js'
import { lazyTokenizer } from './lazy-tokenizer.js'
import { packedVocabulary } from './packed-vocabulary.js'

/** A tokenizer of a packed vocabulary, unpacked when it is first used. */
export function publishedTokenizer(
  parts: readonly string[],
  settings: TiktokenSettings,
): Tokenizer {
  return lazyTokenizer(() => createTokenizer(bpeModel(packedVocabulary(parts, settings))))
}
