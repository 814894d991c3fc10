/** A vocabulary file of OpenAI's. The build checks and packs it: what stands in `dist` is base64 for `unpackVocabulary`. */
declare module 'gpt-tokenizer/data/*.tiktoken' {
  const packed: string
  export default packed
}
