import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlainObject } from '../read/from-fields.js'

/** One finished file of a corpus. */
export interface Shard {
  /** Its name in the folder. */
  readonly file: string
  readonly documents: number
  /** Size of the file. */
  readonly bytes: number
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string
  /** SHA-256 of its documents as JSON Lines: the same whatever the format and compression. */
  readonly contentSha256: string
}

/** What `manifest.json` in the folder of a written corpus says. */
export interface Manifest {
  readonly version: 1
  readonly format: 'jsonl' | 'parquet'
  readonly compression: string
  readonly shardBytes: number
  /** What the caller said the documents are made from. */
  readonly input?: string
  /** False while shards are still being written. */
  readonly complete: boolean
  readonly documents: number
  /** Size of all shards together. */
  readonly bytes: number
  /** SHA-256 of all documents as JSON Lines: the same whatever the format, compression and shard size. Absent until complete. */
  readonly contentSha256?: string
  readonly shards: readonly Shard[]
}

/**
 * The manifest of a folder that `writeJsonl` or `writeParquet` wrote; `undefined` when there is none.
 *
 * @throws when there is a file of that name that is not such a manifest.
 */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, 'manifest.json')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Reported below.
  }
  if (!isManifest(value)) {
    throw new Error(`readManifest: expected a manifest of version 1 in ${path}, got something else`)
  }
  return value
}

/** Writes the manifest under a temporary name and renames it. @internal */
export async function saveManifest(directory: string, manifest: Manifest): Promise<void> {
  const path = join(directory, 'manifest.json')
  const file = await open(`${path}.tmp`, 'w')
  try {
    await file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.tmp`, path)
}

function isManifest(value: unknown): value is Manifest {
  return (
    isPlainObject(value) &&
    value.version === 1 &&
    (value.format === 'jsonl' || value.format === 'parquet') &&
    typeof value.compression === 'string' &&
    typeof value.shardBytes === 'number' &&
    typeof value.complete === 'boolean' &&
    Array.isArray(value.shards) &&
    value.shards.every(isShard)
  )
}

function isShard(value: unknown): value is Shard {
  return (
    isPlainObject(value) &&
    typeof value.file === 'string' &&
    // A manifest from elsewhere must not name files outside its folder.
    /^part-\d{5,}\.[a-z.]+$/.test(value.file) &&
    typeof value.documents === 'number' &&
    typeof value.bytes === 'number' &&
    typeof value.contentSha256 === 'string'
  )
}
