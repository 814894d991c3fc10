import { fail, isRecord, type Json, record } from '../hugging-face/check.js'
import type { PartJson, TokenizerJson } from '../hugging-face/format.js'
import { unicodeVersion } from '../unicode/ranges.js'

/** The files in which GPT-2, GPT-1 and RoBERTa were published, parsed where they are JSON. */
export interface Gpt2Files {
  readonly vocab: unknown
  /** A merge a line, after a first line that starts with `#version`. */
  readonly merges: string
  /** tokenizer_config.json and special_tokens_map.json, as far as they are there. */
  readonly settings?: readonly unknown[]
}

/** Names under which the settings mention special tokens. */
const roles = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((role) => `${role}_token`)

/** Special in GPT-2 and GPT-1, where no settings say so. */
const usual = ['<|endoftext|>', '<unk>']

/**
 * The content of a tokenizer.json from `vocab.json` and `merges.txt`. Where tokens end in `</w>` it is GPT-1's kind: lower
 * case, words and signs, and merges of characters; else GPT-2's. Special tokens are those that the settings name.
 */
export function readGpt2Files({ vocab, merges, settings = [] }: Gpt2Files): object {
  const ids = record(vocab, 'vocab.json')
  const configs = settings.filter(isRecord)
  const special = specialTokens(ids, configs)
  const pairs = readMerges(merges)
  const words = pairs.some(([, b]) => b.endsWith('</w>'))
  const name = (role: string): string | undefined =>
    configs.map((config) => content(config[role])).find((found) => found !== undefined)
  const idOf = (text: string): unknown =>
    special.find((token) => token.content === text)?.id ??
    (Object.hasOwn(ids, text) ? ids[text] : text)
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    ...(words ? gpt1Parts : gpt2Parts(configs, name, idOf)),
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: words ? (name('unk_token') ?? '<unk>') : null,
      continuing_subword_prefix: null,
      end_of_word_suffix: words ? '</w>' : null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: ids,
      merges: pairs,
    },
  }
}

const gpt1Parts = {
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: null,
  decoder: { type: 'BPEDecoder', suffix: '</w>' },
} as const

function gpt2Parts(
  configs: readonly Json[],
  name: (role: string) => string | undefined,
  idOf: (text: string) => unknown,
): object {
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true }
  const prefix = configs.some((config) => config.add_prefix_space === true)
  const roberta = configs.some(({ tokenizer_class: kind }) => String(kind).startsWith('Roberta'))
  return {
    normalizer: null,
    pre_tokenizer: { ...byteLevel, add_prefix_space: prefix },
    post_processor: roberta ? { type: 'RobertaProcessing', ...marks() } : null,
    decoder: { ...byteLevel, add_prefix_space: true },
  }

  function marks(): object {
    const token = (role: string, usual: string): unknown => {
      const text = name(role) ?? usual
      return [text, idOf(text)]
    }
    return {
      sep: token('sep_token', '</s>'),
      cls: token('cls_token', '<s>'),
      trim_offsets: true,
      add_prefix_space: prefix,
    }
  }
}

/** The text of a token that stands as a string or as an object. */
function content(value: unknown): string | undefined {
  const text = isRecord(value) ? value.content : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** What the settings call special, with the id in the vocabulary or else the next ones free. */
function specialTokens(ids: Json, configs: readonly Json[]): { id: unknown; content: string }[] {
  const tokens = new Map<string, Json>()
  for (const config of configs) {
    for (const [id, token] of Object.entries(
      isRecord(config.added_tokens_decoder) ? config.added_tokens_decoder : {},
    )) {
      const text = content(token)
      if (text !== undefined && isRecord(token)) tokens.set(text, { ...token, id: Number(id) })
    }
    const more = config.additional_special_tokens ?? config.extra_special_tokens
    const named = [...roles.map((role) => config[role]), ...(Array.isArray(more) ? more : [])]
    for (const token of named) {
      const text = content(token)
      if (text !== undefined && !tokens.has(text)) {
        tokens.set(text, isRecord(token) ? { ...token, special: true } : { special: true })
      }
    }
  }
  if (tokens.size === 0) {
    for (const text of usual) if (Object.hasOwn(ids, text)) tokens.set(text, { special: true })
  }
  let next = Object.keys(ids).length
  return [...tokens].map(([text, { id, special, single_word, lstrip, rstrip, normalized }]) => ({
    id: Object.hasOwn(ids, text) ? ids[text] : (id ?? next++),
    content: text,
    single_word: single_word ?? false,
    lstrip: lstrip ?? false,
    rstrip: rstrip ?? false,
    normalized: normalized ?? false,
    special: special ?? false,
  }))
}

function readMerges(text: string): [string, string][] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines[0]?.startsWith('#version')) lines[0] = ''
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [a, b, ...rest] = line.split(' ')
      if (a === undefined || a === '' || b === undefined || b === '' || rest.length > 0) {
        return fail('merges.txt', 'two tokens a line, with a space between', line)
      }
      return [a, b]
    })
}

/** The content of the files by their names, with a tokenizer_config.json that names the special tokens. */
export function writeGpt2Files(json: TokenizerJson): Record<string, string> {
  const { model } = json
  if (model.type !== 'BPE') {
    throw new RangeError(
      `saveTokenizer: expected BPE for vocab.json and merges.txt, got ${model.type}`,
    )
  }
  const added = json.added_tokens.map(({ content: text, id }) => [text, id] as const)
  const vocab = [...Object.entries(model.vocab), ...added].sort(([, a], [, b]) => a - b)
  const merges = model.merges.map(([a, b]) => `${a} ${b}\n`).join('')
  const end = json.added_tokens.some(({ content: text }) => text === '<|endoftext|>')
  const roberta =
    json.post_processor?.type === 'RobertaProcessing' ? json.post_processor : undefined
  const config = {
    tokenizer_class:
      model.end_of_word_suffix === '</w>'
        ? 'OpenAIGPTTokenizer'
        : roberta
          ? 'RobertaTokenizer'
          : 'GPT2Tokenizer',
    ...(end ? { bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' } : {}),
    ...(roberta ? robertaMarks(roberta) : {}),
    ...(model.unk_token === null ? {} : { unk_token: model.unk_token }),
    add_prefix_space: json.pre_tokenizer?.add_prefix_space === true,
    unicode_version: unicodeVersion,
    added_tokens_decoder: Object.fromEntries(
      json.added_tokens.map(({ id, ...token }) => [String(id), token]),
    ),
  }
  return {
    'vocab.json': JSON.stringify(Object.fromEntries(vocab)),
    'merges.txt': `#version: 0.2\n${merges}`,
    'tokenizer_config.json': `${JSON.stringify(config, null, 1)}\n`,
  }
}

function robertaMarks({ cls, sep }: PartJson): object {
  const [before, after] = [cls, sep].map((token) => (Array.isArray(token) ? token[0] : undefined))
  return { bos_token: before, cls_token: before, eos_token: after, sep_token: after }
}
