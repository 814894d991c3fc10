import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Progress } from '../progress.js'
import { ByteSink } from './byte-sink.js'
import {
  boundariesStart,
  checkInputs,
  encodeHeader,
  headerBytes,
  type TokenFileHeader,
  type TokenFileInputs,
  widthFor,
} from './header.js'

/**
 * Writes a token file piece by piece, under temporary names beside `path`: the ids in one file, the ends of the documents
 * in another, joined and renamed by {@link finish}. Memory does not depend on the number of tokens or documents.
 */
export class TokenWriter {
  readonly #path: string
  readonly #caller: string
  readonly #inputs: TokenFileInputs
  readonly #width: 16 | 32
  readonly #progress: Progress | undefined
  readonly #tokenSink: ByteSink
  readonly #endSink: ByteSink
  readonly #ids: Uint16Array | Uint32Array
  readonly #ends: Uint32Array
  #tokens = 0
  #documents = 0
  #documentStart = 0

  private constructor(
    path: string,
    caller: string,
    inputs: TokenFileInputs,
    progress: Progress | undefined,
    tokenSink: ByteSink,
    endSink: ByteSink,
  ) {
    this.#path = path
    this.#caller = caller
    this.#inputs = inputs
    this.#progress = progress
    this.#width = widthFor(inputs.vocabularySize)
    this.#tokenSink = tokenSink
    this.#endSink = endSink
    const { buffer } = tokenSink.buffer
    this.#ids = this.#width === 16 ? new Uint16Array(buffer) : new Uint32Array(buffer)
    this.#ends = new Uint32Array(endSink.buffer.buffer)
  }

  /** @param caller name of the public function, for the messages of errors */
  static async create(
    path: string,
    caller: string,
    inputs: TokenFileInputs,
    progress?: Progress,
  ): Promise<TokenWriter> {
    checkInputs(caller, inputs)
    await mkdir(dirname(path), { recursive: true })
    const tokenSink = await ByteSink.create(temporaryPath(path))
    tokenSink.used = headerBytes // all zero for now
    try {
      const endSink = await ByteSink.create(temporaryPath(path, '.ends'))
      return new TokenWriter(path, caller, inputs, progress, tokenSink, endSink)
    } catch (error) {
      await tokenSink.close()
      throw error
    }
  }

  /** Adds `ids` to the current document. */
  async add(ids: ArrayLike<number>): Promise<void> {
    const sink = this.#tokenSink
    const target = this.#ids
    const size = this.#width / 8
    const { vocabularySize } = this.#inputs
    const before = this.#tokens - this.#documentStart
    for (let from = 0; from < ids.length; ) {
      const start = sink.used / size
      const count = Math.min(ids.length - from, target.length - start)
      for (let i = 0; i < count; i++) {
        const id = ids[from + i]!
        if (id >>> 0 !== id || id >= vocabularySize) this.#badId(id, before + from + i)
        target[start + i] = id
      }
      from += count
      this.#tokens += count
      sink.used += count * size
      if (sink.used === sink.buffer.length) await this.#flush()
    }
  }

  /** Ends the current document, which may be empty. */
  async endDocument(): Promise<void> {
    const sink = this.#endSink
    this.#ends[sink.used / 4] = this.#tokens
    this.#ends[sink.used / 4 + 1] = Math.floor(this.#tokens / 2 ** 32)
    sink.used += 8
    this.#documents++
    this.#documentStart = this.#tokens
    if (sink.used === sink.buffer.length) await sink.flush(32)
  }

  /** True when ids were added since the last end of a document. */
  get insideDocument(): boolean {
    return this.#tokens > this.#documentStart
  }

  /** Joins the parts, renames them to the final name. The writer is closed afterwards. */
  async finish(): Promise<TokenFileHeader> {
    const { vocabularySize, tokenizerHash, corpusHash, endOfDocument } = this.#inputs
    const header: TokenFileHeader = {
      version: 1,
      width: this.#width,
      vocabularySize,
      tokenizerHash,
      ...(corpusHash !== undefined && { corpusHash }),
      documents: this.#documents,
      tokens: this.#tokens,
      ...(endOfDocument !== undefined && { endOfDocument }),
    }
    await this.#flush()
    const used = headerBytes + (header.tokens * header.width) / 8
    this.#tokenSink.buffer.fill(0, 0, 8)
    this.#tokenSink.used = boundariesStart(header) - used
    await this.#tokenSink.flush()
    await this.#endSink.flush(32)
    await this.#tokenSink.append(this.#endSink)
    await this.#tokenSink.writeAt(encodeHeader(header), 0)
    await this.#close()
    await rename(temporaryPath(this.#path), this.#path)
    await rm(temporaryPath(this.#path, '.ends'))
    this.#report(header.tokens)
    return header
  }

  /** Removes what was written. */
  async abort(): Promise<void> {
    await this.#close()
    await rm(temporaryPath(this.#path), { force: true })
    await rm(temporaryPath(this.#path, '.ends'), { force: true })
  }

  async #close(): Promise<void> {
    await this.#tokenSink.close()
    await this.#endSink.close()
  }

  async #flush(): Promise<void> {
    await this.#tokenSink.flush(this.#width)
    this.#report()
  }

  #report(total?: number): void {
    const task = `writing ${basename(this.#path)}`
    const known = total === undefined ? {} : { total }
    this.#progress?.({ task, done: this.#tokens, ...known, unit: 'tokens' })
  }

  #badId(id: unknown, position: number): never {
    const expected = `expected token ids below the vocabularySize ${this.#inputs.vocabularySize}`
    const where = `at position ${position} of document ${this.#documents}`
    throw new RangeError(
      `${this.#caller}: ${expected}, got ${String(id)} ${where} (both counted from 0); was the tokenizer another one?`,
    )
  }
}

export function temporaryPath(path: string, part = ''): string {
  return `${path}${part}.tmp`
}
