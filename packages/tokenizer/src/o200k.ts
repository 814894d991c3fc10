import data from 'gpt-tokenizer/data/o200k_base.tiktoken'
import { harmonyTokens, o200kFile } from './published/openai.js'
import { publishedTokenizer } from './published/published-tokenizer.js'
import type { Tokenizer } from './types.js'

/** The vocabulary of GPT-4o and later, tiktoken's `o200k_base`: 200,019 ids. Unpacked on first use. */
export const o200k: Tokenizer = /* @__PURE__ */ publishedTokenizer([data], o200kFile)

/** The same with the tokens of chats, tiktoken's `o200k_harmony` of gpt-oss: 201,088 ids. Unpacked on first use. */
export const o200kHarmony: Tokenizer = /* @__PURE__ */ publishedTokenizer([data], {
  pattern: o200kFile.pattern,
  specialTokens: harmonyTokens,
})
