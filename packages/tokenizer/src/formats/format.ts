/**
 * The formats of tokenizer files:
 *
 * - `huggingface`: tokenizer.json of Hugging Face's tokenizers
 * - `tiktoken`: tokens and ranks, as OpenAI publishes them
 * - `gpt2`: vocab.json and merges.txt, as GPT-2, GPT-1 and RoBERTa have them
 * - `sentencepiece`: .model
 * - `text`: one token a line, as BERT's vocab.txt
 */
export type TokenizerFormat = 'huggingface' | 'tiktoken' | 'gpt2' | 'sentencepiece' | 'text'

const byExtension: ReadonlyMap<string, TokenizerFormat> = new Map<string, TokenizerFormat>([
  ['json', 'huggingface'],
  ['tiktoken', 'tiktoken'],
  ['txt', 'text'],
])

/** The format that a file name promises, if it does. `.model` promises none: Llama 3's is not SentencePiece's. */
export function formatOfName(name: string): TokenizerFormat | undefined {
  if (['vocab.json', 'encoder.json', 'merges.txt', 'vocab.bpe'].includes(name)) return 'gpt2'
  return byExtension.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

/** The format that the first bytes of a file show. */
export function formatOfContent(content: Uint8Array): TokenizerFormat | undefined {
  const head = String.fromCharCode(...content.subarray(0, 512))
  if (/^\s*\{/.test(head)) return 'huggingface'
  if (/^[A-Za-z0-9+/]{2,400}={0,2} \d{1,7}\r?\n/.test(head)) return 'tiktoken'
  // A protobuf's first field, the first piece: its tag, its length, and inside the tag of its text.
  if (content[0] === 0x0a && content[2] === 0x0a) return 'sentencepiece'
  return undefined
}
