import data from 'gpt-tokenizer/data/r50k_base.tiktoken'
import { r50kFile } from './published/openai.js'
import { publishedTokenizer } from './published/published-tokenizer.js'
import type { Tokenizer } from './types.js'

/**
 * The vocabulary of GPT-2 and GPT-3, tiktoken's `r50k_base` and `gpt2`: 50,257 ids. Unpacked on first use.
 *
 * From "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019).
 */
export const r50k: Tokenizer = /* @__PURE__ */ publishedTokenizer([data], r50kFile)
