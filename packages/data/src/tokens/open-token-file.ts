import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { toLittleEndian } from './byte-sink.js'
import { boundariesStart, decodeHeader, headerBytes, type TokenFileHeader } from './header.js'
import { checkWindow, type TokenSource } from './token-source.js'

/** An open token file. It holds a file descriptor, so close it. */
export interface TokenFile extends TokenSource {
  readonly header: TokenFileHeader
  /**
   * Where document `index` (from 0) lies: positions from `start` up to, not including, `end`. Its end-of-document
   * id belongs to it.
   * @throws RangeError if there is no such document
   */
  document(index: number): { start: number; end: number }
  /**
   * The index of the document that the token at `position` belongs to. Reads about log2(documents) words.
   * @throws RangeError if there is no such token
   */
  documentAt(position: number): number
  close(): Promise<void>
}

/**
 * Opens a token file made by `writeTokenFile` or a converter. Only the header is read here and only the asked window
 * in `read`, so the file may be far larger than the memory.
 *
 * @throws Error if the file is not a token file or its size is not the one its header asks for
 * @throws RangeError from `read`, if the window is out of range
 * @throws Error from `read`, if an id is not below the vocabulary size or the file has become shorter
 */
export async function openTokenFile(path: string): Promise<TokenFile> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const start = new Uint8Array(headerBytes)
    const { bytesRead } = await handle.read(start, 0, headerBytes, 0)
    const header = decodeHeader(start.subarray(0, bytesRead), size, path)
    return new OpenTokenFile(handle, header, path)
  } catch (error) {
    await handle.close()
    throw error
  }
}

class OpenTokenFile implements TokenFile {
  readonly header: TokenFileHeader
  readonly #handle: FileHandle
  readonly #path: string

  constructor(handle: FileHandle, header: TokenFileHeader, path: string) {
    this.#handle = handle
    this.header = header
    this.#path = path
    if ((header.documents === 0 ? 0 : this.#end(header.documents - 1)) !== header.tokens) {
      throw new Error(`openTokenFile: the table of documents of ${path} is damaged`)
    }
  }

  get length(): number {
    return this.header.tokens
  }

  read(start: number, count: number): Uint16Array | Uint32Array {
    const { width, tokens, vocabularySize } = this.header
    checkWindow('read', start, count, tokens)
    const ids = width === 16 ? new Uint16Array(count) : new Uint32Array(count)
    const bytes = new Uint8Array(ids.buffer)
    this.#readFully(bytes, headerBytes + (start * width) / 8)
    toLittleEndian(bytes, width)
    for (let i = 0; i < count; i++) {
      if (ids[i]! >= vocabularySize) {
        throw new Error(
          `read: expected ids below ${vocabularySize}, got ${ids[i]} at position ${start + i} of ${this.#path}; the file is damaged`,
        )
      }
    }
    return ids
  }

  document(index: number): { start: number; end: number } {
    const { documents, tokens } = this.header
    if (!Number.isInteger(index) || index < 0 || index >= documents) {
      throw new RangeError(`document: expected an index below ${documents}, got ${index}`)
    }
    const start = index === 0 ? 0 : this.#end(index - 1)
    const end = this.#end(index)
    if (start > end || end > tokens) {
      throw new Error(`document: the table of documents of ${this.#path} is damaged`)
    }
    return { start, end }
  }

  documentAt(position: number): number {
    checkWindow('documentAt', position, 1, this.header.tokens)
    let low = 0
    let high = this.header.documents - 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.#end(middle) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  #end(index: number): number {
    const bytes = Buffer.alloc(8)
    this.#readFully(bytes, boundariesStart(this.header) + 8 * index)
    return Number(bytes.readBigUInt64LE())
  }

  #readFully(bytes: Uint8Array, position: number): void {
    if (this.#handle.fd < 0) throw new Error(`read: ${this.#path} is closed`)
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, 2 ** 30)
      const read = readSync(this.#handle.fd, bytes, done, length, position + done)
      if (read === 0) throw new Error(`read: ${this.#path} has become shorter since it was opened`)
      done += read
    }
  }
}
