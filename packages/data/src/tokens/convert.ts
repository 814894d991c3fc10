import { open, rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Progress } from '../progress.js'
import { ByteSink, toLittleEndian } from './byte-sink.js'
import type { TokenFileHeader } from './header.js'
import { openTokenFile } from './open-token-file.js'
import { checkWindow } from './token-source.js'
import { TokenWriter, temporaryPath } from './token-writer.js'

const chunkTokens = 1 << 18

/** Options of the functions that turn another system's file of ids into a token file. */
export interface ImportTokensOptions {
  /** As in `writeTokenFile`: ids must be below it. */
  readonly vocabularySize: number
  /** As in `writeTokenFile`: the hash of the tokenizer that made the ids. */
  readonly tokenizerHash: string
  readonly corpusHash?: string
  /**
   * The id that stands between documents in the file; it is kept, and the documents are counted and found by it.
   * Default: the whole file is one document.
   */
  readonly endOfDocument?: number
  readonly progress?: Progress
}

/** Options of the functions that turn a token file into another system's. */
export interface ExportTokensOptions {
  /** Position of the first id to write. Default 0. */
  readonly start?: number
  /** How many ids to write. Default: all from `start` on. */
  readonly count?: number
  readonly progress?: Progress
}

/** What comes before the ids in another system's file, and how wide they are. */
export interface RawLayout {
  readonly offset: number
  readonly width: 16 | 32
  readonly tokens: number
  /** Which side of a document its end-of-document id is on. */
  readonly separator: 'after' | 'before'
}

/** Copies raw ids into a token file, in pieces. */
export async function importRaw(
  caller: string,
  from: string,
  to: string,
  layout: RawLayout,
  options: ImportTokensOptions,
): Promise<TokenFileHeader> {
  const { endOfDocument, progress } = options
  const writer = await TokenWriter.create(to, caller, options, progress)
  try {
    for await (const ids of rawIds(caller, from, layout)) {
      let done = 0
      let found = endOfDocument === undefined ? -1 : ids.indexOf(endOfDocument)
      while (found >= 0) {
        const cut = layout.separator === 'after' ? found + 1 : found
        await writer.add(ids.subarray(done, cut))
        if (writer.insideDocument) await writer.endDocument()
        done = cut
        found = ids.indexOf(endOfDocument!, found + 1)
      }
      await writer.add(ids.subarray(done))
    }
    if (writer.insideDocument) await writer.endDocument()
    return await writer.finish()
  } catch (error) {
    await writer.abort()
    throw error
  }
}

/**
 * Writes `prefix(width, count)` and then the ids of a token file, in pieces.
 * @returns how many ids were written
 */
export async function exportRaw(
  caller: string,
  from: string,
  to: string,
  prefix: (width: 16 | 32, count: number) => Uint8Array,
  options: ExportTokensOptions,
): Promise<number> {
  const source = await openTokenFile(from)
  try {
    const { start = 0, count = source.length - start } = options
    checkWindow(caller, start, count, source.length)
    const head = prefix(source.header.width, count)
    await writeWhole(to, async (sink) => {
      sink.buffer.set(head)
      sink.used = head.length
      await sink.flush()
      for (let done = 0; done < count; ) {
        const ids = source.read(start + done, Math.min(chunkTokens, count - done))
        sink.buffer.set(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
        sink.used = ids.byteLength
        await sink.flush(source.header.width)
        done += ids.length
        options.progress?.({
          task: `writing ${basename(to)}`,
          done,
          total: count,
          unit: 'tokens',
        })
      }
    })
    return count
  } finally {
    await source.close()
  }
}

async function* rawIds(
  caller: string,
  path: string,
  { offset, width, tokens }: RawLayout,
): AsyncGenerator<Uint16Array | Uint32Array> {
  const handle = await open(path, 'r')
  try {
    const size = width / 8
    const buffer = new ArrayBuffer(Math.min(chunkTokens, tokens) * size)
    for (let done = 0; done < tokens; ) {
      const count = Math.min(chunkTokens, tokens - done)
      const bytes = new Uint8Array(buffer, 0, count * size)
      for (let filled = 0; filled < bytes.length; ) {
        const position = offset + done * size + filled
        const read = await handle.read(bytes, filled, bytes.length - filled, position)
        if (read.bytesRead === 0)
          throw new Error(`${caller}: ${path} became shorter while it was read`)
        filled += read.bytesRead
      }
      toLittleEndian(bytes, width)
      yield width === 16 ? new Uint16Array(buffer, 0, count) : new Uint32Array(buffer, 0, count)
      done += count
    }
  } finally {
    await handle.close()
  }
}

async function writeWhole(path: string, write: (sink: ByteSink) => Promise<void>): Promise<void> {
  const temporary = temporaryPath(path)
  const sink = await ByteSink.create(temporary)
  try {
    await write(sink)
    await sink.close()
    await rename(temporary, path)
  } catch (error) {
    await sink.close()
    await rm(temporary, { force: true })
    throw error
  }
}
