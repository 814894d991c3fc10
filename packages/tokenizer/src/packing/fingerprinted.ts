import type { Document } from '@llm/data'
import { shardName, type TokenShard } from './tokens-manifest.js'

/** The documents beyond those of finished shards, which are compared, and hashes of those that pass. */
export async function fingerprinted(
  folder: string,
  documents: Iterable<Document> | AsyncIterable<Document>,
  finished: readonly TokenShard[],
): Promise<{
  rest(): AsyncGenerator<Document>
  /** A hash of the next `count` documents that have passed. */
  hashOf(count: number): Promise<string>
}> {
  const { hashText } = await import('@llm/data/document')
  const passed: string[] = []
  const hashOf = async (count: number): Promise<string> =>
    passed.splice(0, count).reduce((hash, each) => hashText(`${hash} ${each}`), '')
  let shard = 0

  return {
    hashOf,
    async *rest() {
      for await (const document of documents) {
        passed.push(hashText(`${document.id}\0${document.text}`))
        if (shard === finished.length) yield document
        else if (passed.length === finished[shard]?.documents) await compare()
      }
      if (shard < finished.length) other(shard)
    },
  }

  async function compare(): Promise<void> {
    const { documents, contentHash } = finished[shard] as TokenShard
    if ((await hashOf(documents)) !== contentHash) other(shard)
    shard++
  }

  function other(index: number): never {
    throw new Error(
      `writeTokens: expected the documents that ${shardName(index)} in ${folder} was made from, got others; resume: false begins anew`,
    )
  }
}
