import more from 'gpt-tokenizer/data/p50k_base.tiktoken'
import data from 'gpt-tokenizer/data/r50k_base.tiktoken'
import { p50kEditTokens, p50kFile } from './published/openai.js'
import { publishedTokenizer } from './published/published-tokenizer.js'
import type { Tokenizer } from './types.js'

/** The vocabulary of Codex, tiktoken's `p50k_base`: r50k and runs of spaces, 50,281 ids. Unpacked on first use. */
export const p50k: Tokenizer = /* @__PURE__ */ publishedTokenizer([data, more], p50kFile)

/** The same with the tokens that mark what to fill in, tiktoken's `p50k_edit`: 50,284 ids. Unpacked on first use. */
export const p50kEdit: Tokenizer = /* @__PURE__ */ publishedTokenizer([data, more], {
  pattern: p50kFile.pattern,
  specialTokens: p50kEditTokens,
})
