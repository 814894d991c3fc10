import type { Document, Progress } from '@llm/data'
import { encodeDocuments } from '../encode-documents.js'
import { joinPath } from '../formats/files.js'
import type { EncodeOptions, Tokenizer } from '../types.js'
import { unicodeVersion } from '../unicode/ranges.js'
import type { WorkerOptions } from '../workers/encode-items.js'
import { fingerprinted } from './fingerprinted.js'
import {
  readTokensManifest,
  removeShards,
  saveTokensManifest,
  shardName,
  type TokenSettings,
  type TokenShard,
  type TokensManifest,
} from './tokens-manifest.js'

export interface WriteTokensOptions extends WorkerOptions {
  /** The id after every document. Default: none. */
  readonly endOfDocument?: number
  /** A file ends with the document that brings it to this many tokens. Default: 100 million. */
  readonly shardTokens?: number
  /** A hash or name of the documents, 1 to 80 printable ASCII characters: with it, a complete folder is kept without reading them. */
  readonly corpusHash?: string
  /** Go on where a killed run stopped. False: begin anew. Default: true. */
  readonly resume?: boolean
  /** Called with the tokens written. */
  readonly progress?: Progress
}

/**
 * Encodes documents, in threads with `workers`, and writes token files `00000.tokens`, `00001.tokens` ... and a `manifest.json`
 * into a folder: the same bytes for any number of workers.
 *
 * A file has its name only when it is whole. A run that was killed is continued by the same call: the documents of
 * finished files are read and compared, and not encoded again.
 *
 * @throws Error when the folder holds token files of other documents, another tokenizer or other options.
 * @throws Error when a file cannot be read or written, with the system's error as `cause`
 * @throws RangeError, or WorkerError of `@llm/data` from threads, where `encode` throws.
 * @example
 * ```ts @import.meta.vitest
 * const { bytesTokenizer, writeTokens } = await import('../index.js')
 * const { openTokenFile } = await import('@llm/data')
 * const { mkdtemp } = await import('node:fs/promises')
 * const { tmpdir } = await import('node:os')
 * const folder = await mkdtemp(`${tmpdir()}/tokens-`)
 * const documents = [{ id: 'a', text: 'abc' }, { id: 'b', text: 'de' }]
 * const { shards } = await writeTokens(folder, documents, bytesTokenizer(), { endOfDocument: 256 })
 * const file = await openTokenFile(`${folder}/${shards[0]!.file}`)
 * expect([...file.read(0, file.length)]).toEqual([97, 98, 99, 256, 100, 101, 256])
 * await file.close()
 * ```
 */
export async function writeTokens(
  folder: string,
  documents: Iterable<Document> | AsyncIterable<Document>,
  tokenizer: Tokenizer,
  options: WriteTokensOptions = {},
): Promise<TokensManifest> {
  const { endOfDocument, shardTokens = 1e8, corpusHash, resume = true, progress } = options
  const { workers, batchSize, ...rest } = options
  if (!Number.isSafeInteger(shardTokens) || shardTokens < 1) {
    throw new RangeError(`writeTokens: expected shardTokens from 1, got ${shardTokens}`)
  }
  const encoding = encodeOptions(rest)
  const settings = {
    tokenizerHash: tokenizer.hash,
    vocabularySize: tokenizer.vocabularySize,
    unicodeVersion,
    shardTokens,
    endOfDocument: endOfDocument ?? null,
    corpusHash: corpusHash ?? null,
    encoding: plain(encoding),
  }
  const known = await readTokensManifest(folder)
  if (known && resume) checkSame(folder, known.settings, settings)
  const shards = known && resume ? await wholeShards(folder, known.shards) : []
  if (
    known?.complete &&
    corpusHash !== undefined &&
    shards.length === known.shards.length &&
    resume
  )
    return known
  if (known) await removeShards(folder, known.shards.slice(shards.length))

  const { writeTokenFile } = await import('@llm/data/tokens')
  const source = await fingerprinted(folder, documents, [...shards])
  const stage = encodeDocuments(tokenizer, {
    ...encoding,
    ...(workers !== undefined && { workers }),
    ...(batchSize !== undefined && { batchSize }),
  })
  const encoded = stage(source.rest())[Symbol.asyncIterator]()
  try {
    let next = await encoded.next()
    await save(false)
    while (!next.done) {
      const file = shardName(shards.length)
      const before = total(shards, 'tokens')
      const header = await writeTokenFile(await joinPath(folder, file), shard(), {
        vocabularySize: tokenizer.vocabularySize,
        tokenizerHash: tokenizer.hash,
        ...(corpusHash !== undefined && { corpusHash }),
        ...(endOfDocument !== undefined && { endOfDocument }),
        progress: ({ done }) =>
          progress?.({ task: 'writing tokens', done: before + done, unit: 'tokens' }),
      })
      const contentHash = await source.hashOf(header.documents)
      shards.push({ file, documents: header.documents, tokens: header.tokens, contentHash })
      await save(false)
    }
    const manifest = await save(true)
    progress?.({
      task: 'writing tokens',
      done: manifest.tokens,
      total: manifest.tokens,
      unit: 'tokens',
    })
    return manifest

    async function* shard(): AsyncGenerator<Uint32Array> {
      const perDocument = endOfDocument === undefined ? 0 : 1
      for (let tokens = 0; !next.done && tokens < shardTokens; next = await encoded.next()) {
        tokens += next.value.length + perDocument
        yield next.value
      }
    }
  } finally {
    await encoded.return?.()
  }

  async function save(complete: boolean): Promise<TokensManifest> {
    const manifest: TokensManifest = {
      version: 1,
      settings,
      complete,
      documents: total(shards, 'documents'),
      tokens: total(shards, 'tokens'),
      shards,
    }
    await saveTokensManifest(folder, manifest)
    return manifest
  }
}

/** The shards that are there as the manifest says, up to the first that is not. */
async function wholeShards(folder: string, shards: readonly TokenShard[]): Promise<TokenShard[]> {
  const { openTokenFile } = await import('@llm/data/tokens')
  const whole: TokenShard[] = []
  for (const shard of shards) {
    const file = await openTokenFile(await joinPath(folder, shard.file)).catch(() => undefined)
    await file?.close()
    const { documents, tokens } = file?.header ?? {}
    if (documents !== shard.documents || tokens !== shard.tokens) break
    whole.push(shard)
  }
  return whole
}

function checkSame(folder: string, found: TokenSettings, wanted: TokenSettings): void {
  const differing = Object.entries(wanted).find(
    ([name, value]) => JSON.stringify(found[name as keyof TokenSettings]) !== JSON.stringify(value),
  )
  if (differing === undefined) return
  const [name, value] = differing
  throw new Error(
    `writeTokens: expected ${name} ${JSON.stringify(found[name as keyof TokenSettings])}, with which ${folder} was begun, got ${JSON.stringify(value)}; resume: false begins anew`,
  )
}

function encodeOptions(options: EncodeOptions): EncodeOptions {
  const { allowedSpecial, disallowedSpecial, addSpecialTokens, dropout, seed } = options
  return {
    ...(allowedSpecial !== undefined && { allowedSpecial }),
    ...(disallowedSpecial !== undefined && { disallowedSpecial }),
    ...(addSpecialTokens !== undefined && { addSpecialTokens }),
    ...(dropout !== undefined && { dropout }),
    ...(seed !== undefined && { seed }),
  }
}

function plain(options: EncodeOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      value instanceof Set ? [...value].sort() : value,
    ]),
  )
}

function total(shards: readonly TokenShard[], field: 'documents' | 'tokens'): number {
  return shards.reduce((sum, shard) => sum + shard[field], 0)
}
