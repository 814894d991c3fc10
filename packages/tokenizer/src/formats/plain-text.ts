import type { PartJson, TokenizerJson } from '../hugging-face/format.js'

/** What the lines of a file of tokens are. */
export type TextKind = 'characters' | 'words' | 'wordpiece'

export interface TextSettings {
  /** Default: `'wordpiece'` where the lines have BERT's `[UNK]`. */
  readonly kind?: TextKind
  /** Names of lines that are special tokens. Default: those that are usual. */
  readonly specialTokens?: readonly string[]
  /** Whether a tokenizer of word pieces works in lower case. Default: true, as BERT's uncased ones do. */
  readonly lowerCase?: boolean
}

/** BERT's, then those of words and characters. */
const usual = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const unknowns = ['[UNK]', '<|unknown|>', '<unk>', 'UNK']
const usualElsewhere = [...usual, ...unknowns, '<|endoftext|>', '<pad>', '<s>', '</s>']

/**
 * The content of a tokenizer.json from a text with one token a line, the first with id 0: BERT's vocab.txt, words, or
 * characters.
 *
 * @throws RangeError when the kind is neither given nor can be told
 */
export function readPlainText(text: string, settings: TextSettings = {}): object {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines.at(-1) === '') lines.pop()
  const kind = settings.kind ?? (lines.includes('[UNK]') ? 'wordpiece' : undefined)
  if (kind === undefined) {
    throw new RangeError(
      "loadTokenizer: expected a vocabulary with [UNK], as BERT's, or to be told what the lines are, got neither; pass { kind: 'characters' }, 'words' or 'wordpiece'",
    )
  }
  const vocab = new Map<string, number>()
  lines.forEach((line, id) => {
    if (line === '') fail('a token in every line', `an empty line ${id + 1}`)
    if (vocab.has(line)) fail('each token once', `${JSON.stringify(line)} twice`)
    vocab.set(line, id)
  })
  const given = settings.specialTokens
  for (const name of given ?? []) {
    if (!vocab.has(name)) fail('special tokens that are lines', JSON.stringify(name))
  }
  const special = (given ?? (kind === 'wordpiece' ? usual : usualElsewhere)).filter((name) =>
    vocab.has(name),
  )
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special
      .map((content) => ({ id: vocab.get(content), content, normalized: false, special: true }))
      .sort((a, b) => Number(a.id) - Number(b.id)),
    ...parts[kind](Object.fromEntries(vocab), special, settings.lowerCase ?? true),
  }
}

type Parts = (
  vocab: Record<string, number>,
  special: readonly string[],
  lowerCase: boolean,
) => object

/** What the trainers of these kinds write. */
const parts: Readonly<Record<TextKind, Parts>> = {
  characters: (vocab, special) => ({
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'BPE', unk_token: unknownOf(special) ?? null, vocab, merges: [] },
  }),
  words: (vocab, special) => ({
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', unk_token: unknownOf(special) ?? '<unk>', vocab },
  }),
  wordpiece: (vocab, special, lowercase) => ({
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor:
      special.includes('[CLS]') && special.includes('[SEP]')
        ? bertTemplate(vocab['[CLS]'] ?? 0, vocab['[SEP]'] ?? 0)
        : null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  }),
}

function unknownOf(special: readonly string[]): string | undefined {
  return unknowns.find((name) => special.includes(name))
}

function bertTemplate(cls: number, sep: number): PartJson {
  const token = (id: string, type_id: number): object => ({ SpecialToken: { id, type_id } })
  const text = (id: string, type_id: number): object => ({ Sequence: { id, type_id } })
  const single = [token('[CLS]', 0), text('A', 0), token('[SEP]', 0)]
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, text('B', 1), token('[SEP]', 1)],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [cls], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [sep], tokens: ['[SEP]'] },
    },
  }
}

/**
 * The tokens, one a line in the order of their ids.
 *
 * @throws RangeError where a token has a line end in it, or ids have gaps
 */
export function writePlainText(json: TokenizerJson): string {
  const { model } = json
  if (model.type === 'Unigram' || (model.type === 'BPE' && model.merges.length > 0)) {
    throw new RangeError(
      `saveTokenizer: expected characters, words or word pieces for a file of lines, got ${model.type}; save as tokenizer.json`,
    )
  }
  const names: string[] = []
  for (const [name, id] of Object.entries(model.vocab)) names[id] = name
  for (const { content, id } of json.added_tokens) names[id] = content
  return Array.from(names, (name: string | undefined, id) => {
    if (name === undefined || name === '' || /[\r\n]/.test(name)) {
      throw new RangeError(
        `saveTokenizer: expected a token without line ends for every id, got ${JSON.stringify(name)} for ${id}; save as tokenizer.json`,
      )
    }
    return `${name}\n`
  }).join('')
}

function fail(expected: string, got: string): never {
  throw new RangeError(`loadTokenizer: expected ${expected}, got ${got}`)
}
