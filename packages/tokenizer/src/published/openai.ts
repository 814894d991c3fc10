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

/** GPT-3.5 and GPT-4. */
export const cl100kFile: PublishedFile = {
  sha256: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
  pattern: 'cl100k',
  specialTokens: /* @__PURE__ */ new Map([
    [END_OF_TEXT, 100257],
    ['<|fim_prefix|>', 100258],
    ['<|fim_middle|>', 100259],
    ['<|fim_suffix|>', 100260],
    ['<|endofprompt|>', 100276],
  ]),
}

/** GPT-4o and later. */
export const o200kFile: PublishedFile = {
  sha256: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
  pattern: 'o200k',
  specialTokens: /* @__PURE__ */ new Map([
    [END_OF_TEXT, 199999],
    ['<|endofprompt|>', 200018],
  ]),
}

/** The same with the tokens of the harmony format, as gpt-oss has them. Id 200018 has two names. */
export const harmonyTokens: ReadonlyMap<string, number> = /* @__PURE__ */ harmony()

function harmony(): Map<string, number> {
  const names = new Map([
    [199998, '<|startoftext|>'],
    [199999, END_OF_TEXT],
    [200002, '<|return|>'],
    [200003, '<|constrain|>'],
    [200005, '<|channel|>'],
    [200006, '<|start|>'],
    [200007, '<|end|>'],
    [200008, '<|message|>'],
    [200012, '<|call|>'],
  ])
  const tokens = new Map(o200kFile.specialTokens)
  for (let id = 199998; id < 201088; id++) tokens.set(names.get(id) ?? `<|reserved_${id}|>`, id)
  return tokens
}
