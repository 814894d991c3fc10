/** What is used of the package; its published types know neither the constants nor their type. */
declare module 'lzma-native' {
  import type { Transform } from 'node:stream'

  const lzma: {
    readonly CHECK_CRC64: number
    createCompressor(options: { preset: number; check: number }): Transform
  }
  export default lzma
}
