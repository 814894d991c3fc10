/** Larger than any tokenizer file known; one beyond it is refused unread. */
const MAX_FILE_BYTES = 256 * 2 ** 20

/** The content of a file. Imports `node:` modules when it is called, so that the rest of the package runs where there are none. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const { readFile, stat } = await import('node:fs/promises')
  const { size } = await named('loadTokenizer', 'read', stat(path))
  if (size > MAX_FILE_BYTES) {
    throw new RangeError(
      `loadTokenizer: expected at most ${MAX_FILE_BYTES} bytes, got ${size} in ${path}`,
    )
  }
  return named('loadTokenizer', 'read', readFile(path))
}

/** The names of what is in a folder, in order, or undefined when the path is no folder. */
export async function listFolder(path: string): Promise<string[] | undefined> {
  const { readdir, stat } = await import('node:fs/promises')
  const names = async (): Promise<string[] | undefined> =>
    (await stat(path)).isDirectory() ? (await readdir(path)).sort() : undefined
  return named('loadTokenizer', 'read', names())
}

/** The folder of a path and the name in it. */
export async function splitPath(path: string): Promise<{ folder: string; name: string }> {
  const { basename, dirname } = await import('node:path')
  return { folder: dirname(path), name: basename(path) }
}

/** The path of a name in a folder. */
export async function joinPath(folder: string, name: string): Promise<string> {
  const { join } = await import('node:path')
  return join(folder, name)
}

/** Writes a file, in a folder that is made if it is not there, under a temporary name that is then changed. */
export async function writeFileSafely(
  name: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const { mkdir, rename, rm, writeFile } = await import('node:fs/promises')
  const { dirname } = await import('node:path')
  const temporary = `${path}.${process.pid}.tmp`
  const write = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true })
    try {
      await writeFile(temporary, content)
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }
  await named(name, 'write', write())
}

/** Work on files. An error of the system says which and why; here it also says which function was called. */
export async function named<T>(name: string, verb: 'read' | 'write', work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${name}: expected a path to ${verb}, got ${reason}`, { cause })
  }
}
