export {
  type ContaminationExample,
  type ContaminationOptions,
  type ContaminationReport,
  contamination,
} from './contamination/contamination.js'
export { type DecontaminateOptions, decontaminate } from './contamination/decontaminate.js'
export type { Documents } from './contamination/ngram-index.js'
export { type ExactDuplicatesOptions, exactDuplicates } from './exact-duplicates.js'
export { type Bands, bandHashes, bandThreshold, candidateProbability } from './minhash/bands.js'
export { jaccard } from './minhash/jaccard.js'
export { type ShingleOptions, shingles } from './minhash/shingles.js'
export { estimateJaccard, type HashFamily, hashFamily, signature } from './minhash/signature.js'
export {
  type DuplicateCluster,
  type NearDuplicatesOptions,
  type NearDuplicatesSummary,
  nearDuplicates,
} from './near/near-duplicates.js'
export { UnionFind } from './union-find.js'
