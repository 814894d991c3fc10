export type { Progress, ProgressUpdate } from './progress.js'
export type { MutableList, Random } from './random.js'
export { random } from './random.js'
