import { sha256 } from '../sha256.js'
import { cl100kFile, o200kFile, type PublishedFile, p50kFile, r50kFile } from './openai.js'

/** What is known of a `.tiktoken` file that OpenAI published, if it is one. */
export function publishedFile(content: Uint8Array): PublishedFile | undefined {
  const hash = sha256(content)
  return [r50kFile, p50kFile, cl100kFile, o200kFile].find((file) => file.sha256 === hash)
}
