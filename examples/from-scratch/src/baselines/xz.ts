import { spawn } from 'node:child_process'

/**
 * The size of `data` as `xz -9` makes it. Node has no xz: liblzma comes with the `lzma-native` package, prebuilt for
 * the usual machines; elsewhere the `xz` program is asked.
 *
 * @throws when there is neither.
 */
export async function xzSize(data: Buffer): Promise<number> {
  try {
    return await byLibrary(data)
  } catch {
    return byProgram(data)
  }
}

/** With the check that the program writes, so the sizes agree to the byte. */
export async function byLibrary(data: Buffer): Promise<number> {
  const { default: lzma } = await import('lzma-native')
  const compressor = lzma.createCompressor({ preset: 9, check: lzma.CHECK_CRC64 })
  compressor.end(data)
  let size = 0
  for await (const chunk of compressor) size += chunk.length
  return size
}

export function byProgram(data: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const xz = spawn('xz', ['-9', '--stdout'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let size = 0
    xz.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
    })
    xz.on('error', (error) => {
      reject(
        new Error('xzSize: neither the lzma-native package nor the xz program works here', {
          cause: error,
        }),
      )
    })
    xz.on('close', (code) =>
      code === 0 ? resolve(size) : reject(new Error(`xzSize: xz ended with ${code}`)),
    )
    xz.stdin.on('error', reject)
    xz.stdin.end(data)
  })
}
