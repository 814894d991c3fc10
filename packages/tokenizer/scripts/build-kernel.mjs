// Compiles kernel/ to WebAssembly and writes it into src/kernel/binary.ts; with --print, writes that file's text to the output.
import { rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const folder = fileURLToPath(new URL('../kernel/', import.meta.url))
const target = new URL('../src/kernel/binary.ts', import.meta.url)

const text = `// Written by scripts/build-kernel.mjs from kernel/. Do not edit.

/** The WebAssembly module of the kernel, in base 64. */
export const binary =
  '${Buffer.from(await compile()).toString('base64')}'
`
if (process.argv.includes('--print')) process.stdout.write(text)
else {
  const temporary = new URL(`${target.href}.tmp`)
  await writeFile(temporary, text)
  await rename(temporary, target)
}

async function compile() {
  let binary
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--converge',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--enable',
      'simd',
      '--baseDir',
      folder,
    ],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents
      },
    },
  )
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`)
  return binary
}
