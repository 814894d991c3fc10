import data from 'gpt-tokenizer/data/cl100k_base.tiktoken'
import { cl100kFile } from './published/openai.js'
import { publishedTokenizer } from './published/published-tokenizer.js'
import type { Tokenizer } from './types.js'

/** The vocabulary of GPT-3.5 and GPT-4, tiktoken's `cl100k_base`: 100,277 ids. Unpacked on first use. */
export const cl100k: Tokenizer = /* @__PURE__ */ publishedTokenizer([data], cl100kFile)
