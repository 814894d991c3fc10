import { joinPath, named, writeFileSafely } from '../formats/files.js'
import { isRecord } from '../hugging-face/check.js'

/** One finished token file of a folder. */
export interface TokenShard {
  /** Its name in the folder. */
  readonly file: string
  readonly documents: number
  /** Ends of documents included. */
  readonly tokens: number
  /** A hash of the ids and texts of its documents. */
  readonly contentHash: string
}

/** What `manifest.json` in a folder of token files says. */
export interface TokensManifest {
  readonly version: 1
  /** What decides the files besides the documents; a run is only continued with the same. */
  readonly settings: TokenSettings
  /** False while files are still being written. */
  readonly complete: boolean
  readonly documents: number
  readonly tokens: number
  readonly shards: readonly TokenShard[]
}

export interface TokenSettings {
  readonly tokenizerHash: string
  readonly vocabularySize: number
  /** Of the tables that cut text: with others, some ids can be others. */
  readonly unicodeVersion: string
  readonly shardTokens: number
  readonly endOfDocument: number | null
  readonly corpusHash: string | null
  /** The options of `encode`. */
  readonly encoding: Readonly<Record<string, unknown>>
}

/** The manifest of a folder; undefined when there is none. @throws Error when the file is something else. */
export async function readTokensManifest(folder: string): Promise<TokensManifest | undefined> {
  const { readFile } = await import('node:fs/promises')
  const path = await joinPath(folder, 'manifest.json')
  const reading = readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  const text = await named('writeTokens', 'read', reading)
  if (text === undefined) return undefined
  const value = parse(text)
  if (!isManifest(value)) {
    throw new Error(
      `writeTokens: expected a manifest of token files in ${path}, got something else; choose another folder, or remove it`,
    )
  }
  return value
}

export async function saveTokensManifest(folder: string, manifest: TokensManifest): Promise<void> {
  const path = await joinPath(folder, 'manifest.json')
  await writeFileSafely('writeTokens', path, `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/** Removes token files that a manifest lists. */
export async function removeShards(folder: string, shards: readonly TokenShard[]): Promise<void> {
  const { rm } = await import('node:fs/promises')
  for (const { file } of shards) {
    await named('writeTokens', 'write', rm(await joinPath(folder, file), { force: true }))
  }
}

export function shardName(index: number): string {
  return `${String(index).padStart(5, '0')}.tokens`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is TokensManifest {
  return (
    isRecord(value) &&
    value.version === 1 &&
    isRecord(value.settings) &&
    typeof value.complete === 'boolean' &&
    isCount(value.documents) &&
    isCount(value.tokens) &&
    Array.isArray(value.shards) &&
    value.shards.every(isShard)
  )
}

function isShard(value: unknown, index: number): boolean {
  return (
    isRecord(value) &&
    value.file === shardName(index) &&
    isCount(value.documents) &&
    isCount(value.tokens) &&
    typeof value.contentHash === 'string'
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
