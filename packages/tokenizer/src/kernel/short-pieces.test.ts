import { expect, test } from 'vitest'
import { openInstance } from './instance.js'
import { fillClasses } from './kernel.js'
import { cellsSize, IDS, REACH, STARTS, TABLES, WINDOW } from './layout.js'

// As kernel/multipliers.ts.
const GOLDEN = 0x9e3779b97f4a7c15n
const PRIME = 0xc2b2ae3d27d4eb4fn
const SIZE = 15
const BITS = 12
const MOST = Math.floor(0.6 * 2 ** BITS)

let state = 1
function random(below: number): number {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

/** A piece of which the search begins at cell number `home` of 2^12. */
function pieceAt(home: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16))
  for (let i = 8; i < SIZE; i++) view.setUint8(i, random(256))
  view.setUint8(SIZE, SIZE)
  const hash =
    (BigInt(home) << BigInt(64 - BITS)) | (BigInt(random(2 ** 20)) << 32n) | BigInt(random(2 ** 32))
  view.setBigUint64(0, (hash * inverse(GOLDEN)) ^ (view.getBigUint64(8, true) * PRIME), true)
  return new Uint8Array(view.buffer, 0, SIZE)
}

/** 1 / odd, modulo 2^64: Newton's iteration doubles the bits that are right, of which `odd` itself has three. */
function inverse(odd: bigint): bigint {
  let x = odd
  for (let bits = 3; bits < 64; bits *= 2) x = BigInt.asUintN(64, x * (2n - odd * x))
  return x
}

/** Cells that grow from 2^`bits` to 2^12, as pieces are put in. */
function openCells(bits: number): {
  seed: (pieces: readonly Uint8Array[], firstId: number) => number
  encode: (pieces: readonly Uint8Array[]) => number[]
  behind: Uint8Array
} {
  const instance = openInstance(TABLES + cellsSize(BITS))!
  const bytes = new Uint8Array(instance.memory.buffer)
  const words = new Uint32Array(instance.memory.buffer)
  const { call } = instance
  fillClasses({ bytes, words, call }, 'gpt2')
  call('openCells', TABLES, bits, BITS)
  const show = (pieces: readonly Uint8Array[]): void => {
    for (const [i, piece] of pieces.entries()) {
      bytes.set(piece, WINDOW + i * SIZE)
      words[(STARTS >> 2) + i] = i * SIZE
    }
    words[(STARTS >> 2) + pieces.length] = pieces.length * SIZE
  }
  return {
    seed(pieces, firstId) {
      show(pieces)
      for (let i = 0; i < pieces.length; i++) words[(IDS >> 2) + i] = firstId + i
      return call('seedPieces', pieces.length)
    },
    encode(pieces) {
      show(pieces)
      const count = call('encodePieces', pieces.length)
      return Array.from(words.subarray(IDS >> 2, (IDS >> 2) + count))
    },
    behind: bytes.subarray(TABLES + cellsSize(BITS)),
  }
}

test.each<[string, (i: number) => number]>([
  ['anywhere', () => random(2 ** BITS)],
  ['side by side from the start', (i) => i],
  ['side by side, from the last on', (i) => MOST - i],
  ['two and two from the start', (i) => i >> 1],
  ['in the upper half', (i) => 2 ** (BITS - 1) + (i % 2 ** (BITS - 1))],
  ['among the last', (i) => 2 ** BITS - 1 - (i >> 3)],
  ['among the first and the last', () => (random(200) + 2 ** BITS - 100) % 2 ** BITS],
  ['side by side to behind the end', (i) => Math.min(2 ** (BITS - 1) + 2 * i, 2 ** BITS - 1)],
  ['in one place', () => 7],
  ['in the last place', () => 2 ** BITS - 1],
])('pieces keep their ids while cells grow, of which the search begins %s', (_, home) => {
  for (const bits of [4, BITS - 1]) fillAndCheck(bits, home)
})

function fillAndCheck(bits: number, home: (i: number) => number): void {
  const { seed, encode, behind } = openCells(bits)
  const pieces: Uint8Array[] = []
  for (let taken = 1; taken === 1 && pieces.length <= MOST; ) {
    const piece = pieceAt(home(pieces.length))
    taken = seed([piece], pieces.length)
    if (taken === 1) pieces.push(piece)
    // What is found moves to where the search begins.
    if (pieces.length % 50 === 0) check()
  }
  check()
  expect(behind.every((byte) => byte === 0)).toBe(true)
  expect(pieces.length).toBeGreaterThanOrEqual(REACH / 4)
  expect(pieces.length).toBeLessThanOrEqual(MOST)

  function check(): void {
    const some = Array.from({ length: 1000 }, () => random(pieces.length))
    for (const ids of [some, Array.from(pieces.keys())]) {
      for (let i = 0; i < ids.length; i += 1000) {
        const part = ids.slice(i, i + 1000)
        expect(encode(part.map((id) => pieces[id]!))).toEqual(part)
      }
    }
  }
}

test('of pieces whose search begins at one cell no more are kept than are within reach', () => {
  const { seed } = openCells(BITS)
  const pieces = Array.from({ length: 1000 }, () => pieceAt(100))
  expect(seed(pieces, 0)).toBe(REACH / 4)
})
