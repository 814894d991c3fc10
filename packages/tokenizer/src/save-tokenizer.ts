import { unknownToken } from './hugging-face/format.js'
import type { Tokenizer } from './types.js'

/**
 * Saves a tokenizer as Hugging Face's tokenizer.json, which `tokenizers` and transformers load with the same ids.
 *
 * @param path a file name ending in `.json`; anything else is a folder, made if it is not there, that gets
 *   `tokenizer.json` and, for transformers, `tokenizer_config.json`. Files are written under a temporary name and
 *   renamed, so a killed run leaves no half a file.
 */
export async function saveTokenizer(tokenizer: Tokenizer, path: string): Promise<void> {
  const { mkdir } = await import('node:fs/promises')
  const { dirname, join } = await import('node:path')
  if (path.endsWith('.json')) {
    await mkdir(dirname(path), { recursive: true })
    await write(path, tokenizer.toJSON())
    return
  }
  await mkdir(path, { recursive: true })
  await write(join(path, 'tokenizer.json'), tokenizer.toJSON())
  await write(join(path, 'tokenizer_config.json'), configuration(tokenizer))
}

/** What transformers wants beside tokenizer.json: the class that reads it as it is, and what the special tokens are for. */
function configuration(tokenizer: Tokenizer): object {
  const end = tokenizer.specialTokens.has('<|endoftext|>') ? '<|endoftext|>' : null
  const unknown = unknownToken(tokenizer.toJSON().model)
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(end === null ? {} : { bos_token: end, eos_token: end }),
    ...(unknown === null ? {} : { unk_token: unknown }),
    clean_up_tokenization_spaces: false,
  }
}

async function write(path: string, content: object): Promise<void> {
  const { rename, rm, writeFile } = await import('node:fs/promises')
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, `${JSON.stringify(content, null, 1)}\n`)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
