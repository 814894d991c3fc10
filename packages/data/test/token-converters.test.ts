import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exportLlmC,
  exportNanoGpt,
  importLlmC,
  importNanoGpt,
  openTokenFile,
  writeTokenFile,
} from '../src/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-converters-'))
})
afterAll(() => rm(folder, { recursive: true }))

const inputs = { vocabularySize: 50257, tokenizerHash: 'sha256:0123' }

describe('converters', () => {
  const fixture = (name: string): string =>
    fileURLToPath(new URL(`./fixtures/token-files/${name}`, import.meta.url))
  const gpt2 = { ...inputs, endOfDocument: 50256 }
  const after = [15496, 11, 995, 0, 50256, 0, 50255, 25128, 50256, 464, 886, 50256]
  const before = [50256, 15496, 11, 995, 0, 50256, 0, 50255, 25128, 50256, 464, 886]

  test('nanoGPT: what numpy wrote is read, and written again byte for byte', async () => {
    const path = join(folder, 'nano.tokens')
    const header = await importNanoGpt(fixture('nanogpt.bin'), path, gpt2)
    expect(header).toMatchObject({ width: 16, documents: 3, tokens: 12, endOfDocument: 50256 })
    const file = await openTokenFile(path)
    expect([...file.read(0, 12)]).toEqual(after)
    expect(file.document(1)).toEqual({ start: 5, end: 9 })
    await file.close()
    expect(await exportNanoGpt(path, join(folder, 'nano.bin'))).toBe(12)
    expect(await same(join(folder, 'nano.bin'), fixture('nanogpt.bin'))).toBe(true)
    // The same file as from the documents themselves.
    await writeTokenFile(
      join(folder, 'direct.tokens'),
      [after.slice(0, 4), after.slice(5, 8), after.slice(9, 11)],
      gpt2,
    )
    expect(await same(path, join(folder, 'direct.tokens'))).toBe(true)
  })

  test('llm.c, GPT-2: the end-of-document id comes before', async () => {
    const path = join(folder, 'llmc.tokens')
    const header = await importLlmC(fixture('llm-c-gpt2.bin'), path, gpt2)
    expect(header).toMatchObject({ width: 16, documents: 3, tokens: 12 })
    const file = await openTokenFile(path)
    expect([...file.read(0, 12)]).toEqual(before)
    expect(file.document(1)).toEqual({ start: 5, end: 9 })
    await file.close()
    expect(await exportLlmC(path, join(folder, 'llmc.bin'))).toBe(12)
    expect(await same(join(folder, 'llmc.bin'), fixture('llm-c-gpt2.bin'))).toBe(true)
  })

  test('llm.c, Llama 3: 32 bits', async () => {
    const path = join(folder, 'llama.tokens')
    const options = { vocabularySize: 128_256, tokenizerHash: 'llama', endOfDocument: 128_000 }
    const header = await importLlmC(fixture('llm-c-llama3.bin'), path, options)
    expect(header).toMatchObject({ width: 32, documents: 2, tokens: 14 })
    await exportLlmC(path, join(folder, 'llama.bin'))
    expect(await same(join(folder, 'llama.bin'), fixture('llm-c-llama3.bin'))).toBe(true)
    await expect(exportNanoGpt(path, join(folder, 'no.bin'))).rejects.toThrow('expected 16-bit ids')
    expect(await readdir(folder)).not.toContain('no.bin.tmp')
  })

  test('without an end-of-document id the file is one document', async () => {
    const header = await importNanoGpt(fixture('nanogpt.bin'), join(folder, 'one.tokens'), inputs)
    expect(header).toMatchObject({ documents: 1, tokens: 12 })
    expect(header).not.toHaveProperty('endOfDocument')
  })

  test('any ids and any places of ends survive both ways, also across pieces', async () => {
    const bin = join(folder, 'any.bin')
    const path = join(folder, 'any.tokens')
    const out = join(folder, 'any-out.bin')
    // Pieces are 2^18 ids: a long run before puts the drawn ids around the seam.
    const ids = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(ids, fc.nat(12), fc.boolean(), async (drawn, back, long) => {
        const head = long ? new Array<number>(2 ** 18 - back).fill(7) : []
        const all = Uint16Array.from([...head, ...drawn])
        await writeFile(bin, all)
        const options = { vocabularySize: 8, tokenizerHash: 'x', endOfDocument: 0 }
        const header = await importNanoGpt(bin, path, options)
        const ends = all.filter((id) => id === 0).length
        expect(header.documents).toBe(ends + (all.at(-1) === 0 ? 0 : 1))
        await exportNanoGpt(path, out)
        expect(await same(out, bin)).toBe(true)
        await exportLlmC(path, out)
        const again = await importLlmC(out, join(folder, 'again.tokens'), options)
        expect(again.documents).toBe(ends + (all[0] === 0 ? 0 : 1))
        await exportNanoGpt(join(folder, 'again.tokens'), out)
        expect(await same(out, bin)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  test('a range is exported, one outside is not', async () => {
    const path = join(folder, 'range.tokens')
    await importNanoGpt(fixture('nanogpt.bin'), path, gpt2)
    expect(await exportNanoGpt(path, join(folder, 'val.bin'), { start: 5, count: 4 })).toBe(4)
    const bytes = await readFile(join(folder, 'val.bin'))
    expect(bytes.equals((await readFile(fixture('nanogpt.bin'))).subarray(10, 18))).toBe(true)
    expect(await exportNanoGpt(path, join(folder, 'tail.bin'), { start: 10 })).toBe(2)
    for (const range of [
      { start: 13 },
      { start: -1 },
      { count: 13 },
      { start: 5, count: 8 },
      { start: 0.5 },
    ]) {
      await expect(exportNanoGpt(path, join(folder, 'no.bin'), range)).rejects.toThrow(
        'exportNanoGpt: expected a window inside the 12 tokens',
      )
    }
  })

  test('broken files are refused', async () => {
    const bin = join(folder, 'broken.bin')
    const to = join(folder, 'broken.tokens')
    await writeFile(bin, Buffer.alloc(3))
    await expect(importNanoGpt(bin, to, gpt2)).rejects.toThrow('even number of bytes, got 3')
    await expect(importLlmC(bin, to, gpt2)).rejects.toThrow('at least 1024 bytes, got 3')
    await expect(
      importNanoGpt(fixture('nanogpt.bin'), to, { ...inputs, vocabularySize: 50256 }),
    ).rejects.toThrow(
      'importNanoGpt: expected token ids below the vocabularySize 50256, got 50256 at position 4 of document 0',
    )
    const good = await readFile(fixture('llm-c-gpt2.bin'))
    const refuse = async (bytes: Buffer, message: string): Promise<void> => {
      await writeFile(bin, bytes)
      await expect(importLlmC(bin, to, gpt2)).rejects.toThrow(message)
    }
    await refuse(good.subarray(0, -2), 'expected 1048 bytes for 12 ids, got 1046')
    const changed = (value: number, at: number): Buffer => {
      const bytes = Buffer.from(good)
      bytes.writeInt32LE(value, at)
      return bytes
    }
    await refuse(changed(20240522, 0), 'got 20240522 version 1')
    await refuse(changed(7, 4), 'got 20240520 version 7')
    await refuse(changed(-1, 8), 'for -1 ids')
    await refuse(changed(2 ** 31 - 1, 8), 'for 2147483647 ids')
    expect((await readdir(folder)).filter((name) => name.startsWith('broken.tokens'))).toEqual([])
  })

  async function same(a: string, b: string): Promise<boolean> {
    return (await readFile(a)).equals(await readFile(b))
  }
})
