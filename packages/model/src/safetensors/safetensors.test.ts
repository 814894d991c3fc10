import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { maxHeaderBytes } from './header.js'
import { openSafetensors, readSafetensors } from './read.js'
import { type WritableTensor, writeSafetensors } from './write.js'

let directory: string
let path: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safetensors-'))
  path = join(directory, 'x.safetensors')
})
afterAll(() => rm(directory, { recursive: true }))

const names = fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom('__proto__', '0', 'a"b', 'é')), {
  maxLength: 6,
})

test('what is written is read back to the bit, whatever the names and shapes', async () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  const tensor = shapes.chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1)
    const floats = fc.float32Array({ minLength: length, maxLength: length })
    const ints = fc.int32Array({ minLength: length, maxLength: length })
    return fc.oneof(
      floats.map((data): WritableTensor => ({ dtype: 'float32', shape, data })),
      ints.map((data): WritableTensor => ({ dtype: 'int32', shape, data: async () => data })),
    )
  })
  const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.array(tensor, { minLength: 6, maxLength: 6 }),
      metadata,
      async (keys, tensors, meta) => {
        const written = new Map(
          keys.filter((k) => k !== '__metadata__').map((k, i) => [k, tensors[i]!]),
        )
        await writeSafetensors(path, Object.fromEntries(written), { metadata: meta })
        const read = await readSafetensors(path)
        expect(new Set(read.tensors.keys())).toEqual(new Set(written.keys()))
        expect(Object.fromEntries(read.metadata)).toEqual(Object.fromEntries(Object.entries(meta)))
        for (const [name, { dtype, shape, data }] of written) {
          const plain = typeof data === 'function' ? await data() : data
          expect(read.tensors.get(name)).toEqual({ dtype, shape, data: plain })
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  )
})

test('reads what the Python library wrote: F32, F16, BF16, I32, a scalar, an empty tensor', async () => {
  const file = await openSafetensors(
    new URL('../../test/fixtures/dtypes.safetensors', import.meta.url).pathname,
  )
  const data = async (name: string): Promise<number[]> => [...(await file.read(name)).data]
  expect(file.metadata.get('made')).toBe('by safetensors for Python')
  expect((await data('f32')).slice(0, 4)).toEqual([0, -0, 1, -2.5])
  expect(await data('f16')).toEqual(await data('f16_as_f32'))
  expect(await data('bf16')).toEqual(await data('bf16_as_f32'))
  expect(await file.read('i32')).toEqual({
    dtype: 'int32',
    shape: [2, 2],
    data: Int32Array.of(1, -2, 3, 2 ** 31 - 1),
  })
  expect(await file.read('scalar')).toEqual({
    dtype: 'float32',
    shape: [],
    data: Float32Array.of(7),
  })
  expect((await file.read('empty')).shape).toEqual([0, 3])
  await expect(file.read('i64')).rejects.toThrow('to be F32, F16, BF16 or I32, got I64')
  await expect(file.read('none')).rejects.toThrow('expected the name of a tensor')
  await file.close()
})

test('tensors begin at a multiple of 8 bytes, as readers that map files like it', async () => {
  await writeSafetensors(path, { ab: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } })
  expect((await readFile(path)).readBigUInt64LE() % 8n).toBe(0n)
})

test('a failed write leaves the old file and no other', async () => {
  await writeSafetensors(path, { a: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } })
  const before = await readFile(path)
  const short: WritableTensor = {
    dtype: 'float32',
    shape: [3],
    data: async () => Float32Array.of(1),
  }
  await expect(writeSafetensors(path, { b: short })).rejects.toThrow('expected 3 elements')
  const bools: WritableTensor = { dtype: 'bool', shape: [1], data: Uint8Array.of(1) }
  await expect(writeSafetensors(path, { b: bools })).rejects.toThrow('float32 or int32')
  expect(await readFile(path)).toEqual(before)
  expect(await readdir(directory)).toEqual(['x.safetensors'])
})

const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
test.each([
  ['no JSON', '{"a":', 8, 'does not parse'],
  ['no record', '[]', 0, 'header: expected a JSON record'],
  ['an unknown dtype', { a: { ...entry, dtype: 'F33' } }, 8, '"a": expected a dtype among BOOL'],
  [
    'a dtype of Object.prototype',
    { a: { ...entry, dtype: 'constructor' } },
    8,
    'expected a dtype among',
  ],
  ['a negative shape', { a: { ...entry, shape: [-2] } }, 8, 'a shape of whole numbers'],
  ['a shape that is no list', { a: { ...entry, shape: 2 } }, 8, 'a shape of whole numbers'],
  ['one offset', { a: { ...entry, data_offsets: [0] } }, 8, 'two data_offsets'],
  ['fractions', { a: { ...entry, data_offsets: [0.5, 8.5] } }, 8, 'two data_offsets'],
  ['a size that is not the shape', { a: { ...entry, shape: [3] } }, 8, 'span the 12 bytes'],
  ['a product too large to count', { a: { ...entry, shape: [2 ** 40, 2 ** 40] } }, 8, 'span the'],
  ['offsets past the end', { a: { ...entry, data_offsets: [8, 16] } }, 8, 'begin at byte 0'],
  ['an overlap', { a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12, 'begin at byte 8'],
  ['a gap', { a: entry, b: { ...entry, data_offsets: [12, 20] } }, 20, 'begin at byte 8'],
  ['bytes left over', { a: entry }, 9, 'expected 8 bytes of tensors after the header, got 9'],
  ['too few bytes', { a: entry }, 7, 'expected 8 bytes of tensors after the header, got 7'],
  ['metadata of numbers', { __metadata__: { a: 1 } }, 0, 'expected a string, got 1'],
  [
    'a duplicate name',
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
    8,
    'begin at byte 0',
  ],
])('refuses a header with %s', async (_, header, bytes, message) => {
  await writeRaw(typeof header === 'string' ? header : JSON.stringify(header), bytes)
  await expect(openSafetensors(path)).rejects.toThrow(message)
})

test('refuses header lengths that the file cannot hold, before allocating', async () => {
  for (const length of [0n, 1n, 100n, BigInt(maxHeaderBytes) + 1n, 2n ** 63n]) {
    const bytes = Buffer.alloc(40)
    bytes.writeBigUInt64LE(length)
    await writeFile(path, bytes)
    await expect(openSafetensors(path)).rejects.toThrow('expected')
  }
  await writeFile(path, '')
  await expect(openSafetensors(path)).rejects.toThrow('in a file of 0 bytes')
})

test('a cut file is refused wherever it is cut', async () => {
  const data = Float32Array.of(1, 2, 3)
  await writeSafetensors(path, { a: { dtype: 'float32', shape: [3], data } })
  const { length } = await readFile(path)
  for (let size = length - 1; size >= 0; size--) {
    await truncate(path, size)
    await expect(openSafetensors(path)).rejects.toThrow(RangeError)
  }
})

async function writeRaw(json: string, dataBytes: number): Promise<void> {
  const header = Buffer.alloc(8)
  header.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
  await writeFile(path, Buffer.concat([header, Buffer.from(json), Buffer.alloc(dataBytes)]))
}
