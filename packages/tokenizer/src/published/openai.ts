import type { TiktokenSettings } from '../formats/tiktoken.js'

/** A vocabulary file of OpenAI's, by its SHA-256, with what the file leaves out. From tiktoken 0.14, openai_public.py. */
export interface PublishedFile extends TiktokenSettings {
  readonly sha256: string
}

const END_OF_TEXT = '<|endoftext|>'

/** GPT-2 and GPT-3. */
export const r50kFile: PublishedFile = {
  sha256: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
  pattern: 'gpt2',
  specialTokens: /* @__PURE__ */ new Map([[END_OF_TEXT, 50256]]),
}

/** Codex: r50k and runs of spaces. */
export const p50kFile: PublishedFile = {
  sha256: '94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069',
  pattern: 'gpt2',
  specialTokens: r50kFile.specialTokens,
}

/** The same with the tokens of the edit models. */
export const p50kEditTokens: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  [END_OF_TEXT, 50256],
  ['<|fim_prefix|>', 50281],
  ['<|fim_middle|>', 50282],
  ['<|fim_suffix|>', 50283],
])
