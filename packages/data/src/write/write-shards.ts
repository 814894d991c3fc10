import { createHash } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document } from '../document.js'
import type { Progress } from '../progress.js'
import { documentLine } from './document-line.js'
import { type Manifest, readManifest, type Shard, saveManifest } from './manifest.js'
import { type Encoder, openShard, type ShardFile, type WriteBytes } from './shard-file.js'

/** What both writers take. */
export interface WriteOptions {
  /**
   * The most bytes of documents in a shard, counted as JSON Lines before compression; a larger document gets its own shard.
   * Default 256e6.
   */
  readonly shardBytes?: number
  /**
   * What to do in a folder that was written before. True, the default: finished shards are kept, and reading goes over their
   * documents only to check that they are the same. False: they are deleted.
   */
  readonly resume?: boolean
  /**
   * A fingerprint of what the documents are made from, for example a hash of file names and settings. When the folder is complete
   * and was written for the same fingerprint, the documents are not read at all; for another one, it is an error.
   */
  readonly input?: string
  /** Called with the number of documents written. */
  readonly progress?: Progress
}

/** How a format writes its files. @internal */
export interface Format {
  readonly writer: string
  readonly format: Manifest['format']
  readonly compression: string
  readonly extension: string
  readonly encode: (write: WriteBytes) => Encoder
}

/**
 * What both writers share: cuts the stream into shards, writes each under a temporary name, renames it, and keeps the manifest, so
 * that a killed run goes on where it was.
 *
 * @internal
 */
export async function writeShards(
  documents: AsyncIterable<Document> | Iterable<Document>,
  directory: string,
  format: Format,
  options: WriteOptions,
): Promise<Manifest> {
  const { writer } = format
  const { shardBytes = 256e6, resume = true, input, progress } = options
  if (!(shardBytes >= 1 && Number.isFinite(shardBytes))) {
    throw new RangeError(`${writer}: expected shardBytes of at least 1, got ${shardBytes}`)
  }
  const settings = {
    format: format.format,
    compression: format.compression,
    shardBytes,
    ...(input !== undefined && { input }),
  }
  await mkdir(directory, { recursive: true })
  const before = await earlier(writer, directory, settings, resume)
  if (input !== undefined && before?.complete) return before

  const run = new ShardRun(directory, format, settings, before?.shards ?? [])
  try {
    for await (const document of documents) {
      await run.add(document)
      progress?.({ task: writer, done: run.documents, unit: 'documents' })
    }
    return await run.end(before?.complete === true)
  } catch (error) {
    await run.abandon()
    throw error
  }
}

type Settings = Pick<Manifest, 'format' | 'compression' | 'shardBytes' | 'input'>

/** The manifest to go on from, when the folder has one made with the same settings. */
async function earlier(
  writer: string,
  directory: string,
  settings: Settings,
  resume: boolean,
): Promise<Manifest | undefined> {
  const manifest = await readManifest(directory)
  if (manifest === undefined) return undefined
  if (!resume) {
    await rm(join(directory, 'manifest.json'))
    for (const { file } of manifest.shards) await rm(join(directory, file), { force: true })
    return undefined
  }
  for (const name of ['format', 'compression', 'shardBytes', 'input'] as const) {
    if (manifest[name] !== settings[name]) {
      throw new Error(
        `${writer}: expected ${name} ${JSON.stringify(manifest[name])}, which the shards in ${directory} were made with, got ${JSON.stringify(settings[name])}; pass resume: false to make them again, or another folder`,
      )
    }
  }
  return manifest
}

/** One run over the documents. */
class ShardRun {
  documents = 0
  readonly #directory: string
  readonly #format: Format
  readonly #settings: Settings
  readonly #before: readonly Shard[]
  readonly #shards: Shard[] = []
  readonly #corpusHash = createHash('sha256')
  #shardHash = createHash('sha256')
  #shardDocuments = 0
  #shardLineBytes = 0
  /** The file being written; absent between shards and while going over a finished one. */
  #file: ShardFile | undefined

  constructor(directory: string, format: Format, settings: Settings, before: readonly Shard[]) {
    this.#directory = directory
    this.#format = format
    this.#settings = settings
    this.#before = before
  }

  async add(document: Document): Promise<void> {
    const line = documentLine(this.#format.writer, document)
    const bytes = Buffer.byteLength(line)
    if (this.#shardDocuments > 0 && this.#shardLineBytes + bytes > this.#settings.shardBytes) {
      await this.#endShard()
    }
    if (this.#shardDocuments === 0 && !(await this.#isFinished())) {
      this.#file = await openShard(this.#path(), this.#format.encode)
    }
    this.#shardHash.update(line)
    this.#corpusHash.update(line)
    await this.#file?.encoder.add(document, line)
    this.#shardDocuments++
    this.#shardLineBytes += bytes
    this.documents++
  }

  /** @param wasComplete when the folder was complete before, so more or fewer shards mean other documents. */
  async end(wasComplete: boolean): Promise<Manifest> {
    if (this.#shardDocuments > 0) await this.#endShard()
    if (this.#before.length > this.#shards.length) this.#fail('fewer documents')
    if (wasComplete && this.#before.length < this.#shards.length) this.#fail('more documents')
    return this.#save(true)
  }

  async abandon(): Promise<void> {
    await this.#file?.abandon()
  }

  async #endShard(): Promise<void> {
    const content = {
      documents: this.#shardDocuments,
      contentSha256: this.#shardHash.digest('hex'),
    }
    const finished = this.#before[this.#shards.length]
    if (finished !== undefined && finished.contentSha256 !== content.contentSha256) {
      this.#fail(`other documents for ${finished.file}`)
    }
    if (this.#file === undefined) {
      if (finished !== undefined) this.#shards.push(finished)
    } else {
      const written = await this.#file.finish()
      this.#shards.push({ file: this.#name(), ...content, ...written })
      // The manifest first: a shard without an entry would be left over when the next run makes fewer.
      await this.#save(false)
      await this.#file.publish()
      this.#file = undefined
    }
    this.#shardHash = createHash('sha256')
    this.#shardDocuments = 0
    this.#shardLineBytes = 0
  }

  /** Whether the shard about to begin is there from an earlier run. */
  async #isFinished(): Promise<boolean> {
    const shard = this.#before[this.#shards.length]
    if (shard === undefined) return false
    const there = await stat(this.#path()).catch(() => undefined)
    return there?.size === shard.bytes
  }

  async #save(complete: boolean): Promise<Manifest> {
    const shards = complete
      ? this.#shards
      : [...this.#shards, ...this.#before.slice(this.#shards.length)]
    const manifest: Manifest = {
      version: 1,
      ...this.#settings,
      complete,
      documents: shards.reduce((sum, shard) => sum + shard.documents, 0),
      bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
      ...(complete && { contentSha256: this.#corpusHash.digest('hex') }),
      shards,
    }
    await saveManifest(this.#directory, manifest)
    return manifest
  }

  #name(): string {
    return `part-${String(this.#shards.length).padStart(5, '0')}.${this.#format.extension}`
  }

  #path(): string {
    return join(this.#directory, this.#name())
  }

  #fail(what: string): never {
    throw new Error(
      `${this.#format.writer}: expected the documents that the shards in ${this.#directory} were made of, got ${what}; pass resume: false to make them again, or another folder`,
    )
  }
}
