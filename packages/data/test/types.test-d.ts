import { expectTypeOf, test } from 'vitest'
import { collect, type Document, pipe, readText, type Stage } from '../src/index.js'

test('pipe follows the types of its stages', () => {
  const count: Stage<Document, number> = async function* (input) {
    for await (const { text } of input) yield text.length
  }
  const show: Stage<number, string> = async function* (input) {
    for await (const n of input) yield String(n)
  }
  const same: Stage = (input) => input
  expectTypeOf(pipe(readText('x'))).toEqualTypeOf<AsyncIterable<Document>>()
  expectTypeOf(pipe(readText('x'), same, count, show)).toEqualTypeOf<AsyncIterable<string>>()
  expectTypeOf(collect(pipe([1], show))).toEqualTypeOf<Promise<string[]>>()
  // @ts-expect-error numbers are no documents
  pipe([1], count)
  // @ts-expect-error show takes numbers
  pipe(readText('x'), same, show)
  // More stages than there are overloads, of one type.
  const many = pipe(readText('x'), same, same, same, same, same, same, same, same, same, same)
  expectTypeOf(many).toEqualTypeOf<AsyncIterable<Document>>()
})
