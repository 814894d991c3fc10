// Byte-level BPE in WebAssembly: what the loop over the pieces of a text needs. The host is src/kernel/kernel.ts.

export { notePairs } from './byte-pairs'
export { fillClasses } from './class-blocks'
export { countPieces, openCounts } from './count-pieces'
export { cutCl100k } from './cut-cl100k'
export { cutGpt2 } from './cut-gpt2'
export { cutO200k } from './cut-o200k'
export { encodePieces, seedPieces } from './encode'
export { addMerges, openMerges } from './merge-table'
export { openCells } from './short-pieces'
export {
  addLengths,
  countUp,
  decodeBase64,
  openPairs,
  spellTokens,
  sumLengths,
  unpackPairs,
} from './unpack'
