import type { Document } from './document.js'

/** A step of a pipeline: takes a stream, gives a stream. */
export type Stage<In = Document, Out = In> = (input: AsyncIterable<In>) => AsyncIterable<Out>

type Source<T> = Iterable<T> | AsyncIterable<T>

/**
 * Joins a source and stages into one stream. Nothing is read before the stream is iterated, one item at a
 * time is asked for, and when the consumer stops early or a stage fails, every source is closed.
 * Iterating again starts again, if the source can be read again (readers can, a generator cannot).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { pipe, collect } = await import('./stage.js')
 * async function* double(numbers: AsyncIterable<number>) {
 *   for await (const n of numbers) yield 2 * n
 * }
 * expect(await collect(pipe([1, 2, 3], double, double))).toEqual([4, 8, 12])
 * ```
 */
export function pipe<A>(source: Source<A>): AsyncIterable<A>
export function pipe<A, B>(source: Source<A>, s1: Stage<A, B>): AsyncIterable<B>
export function pipe<A, B, C>(source: Source<A>, s1: Stage<A, B>, s2: Stage<B, C>): AsyncIterable<C>
export function pipe<A, B, C, D>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
): AsyncIterable<D>
export function pipe<A, B, C, D, E>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
  s4: Stage<D, E>,
): AsyncIterable<E>
export function pipe<A, B, C, D, E, F>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
  s4: Stage<D, E>,
  s5: Stage<E, F>,
): AsyncIterable<F>
export function pipe<A, B, C, D, E, F, G>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
  s4: Stage<D, E>,
  s5: Stage<E, F>,
  s6: Stage<F, G>,
): AsyncIterable<G>
export function pipe<A, B, C, D, E, F, G, H>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
  s4: Stage<D, E>,
  s5: Stage<E, F>,
  s6: Stage<F, G>,
  s7: Stage<G, H>,
): AsyncIterable<H>
export function pipe<A, B, C, D, E, F, G, H, I>(
  source: Source<A>,
  s1: Stage<A, B>,
  s2: Stage<B, C>,
  s3: Stage<C, D>,
  s4: Stage<D, E>,
  s5: Stage<E, F>,
  s6: Stage<F, G>,
  s7: Stage<G, H>,
  s8: Stage<H, I>,
): AsyncIterable<I>
/** Any number of stages, when all of them keep the type of the source. */
export function pipe<A>(source: Source<A>, ...stages: Stage<A, A>[]): AsyncIterable<A>
export function pipe(
  source: Source<unknown>,
  ...stages: Stage<unknown, unknown>[]
): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => run(source, stages) }
}

/** Reads a stream to its end into an array. For tests and small results: everything is held in memory. */
export async function collect<T>(input: Source<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of input) items.push(item)
  return items
}

async function* run(
  source: Source<unknown>,
  stages: readonly Stage<unknown, unknown>[],
): AsyncGenerator<unknown> {
  const opened: AsyncIterator<unknown>[] = []
  let stream = tracked(source, opened)
  for (const stage of stages) stream = tracked(stage(stream), opened)
  try {
    yield* stream
  } finally {
    // A stage that iterates by hand may have left its input open; closing a finished iterator is harmless.
    for (const iterator of opened.reverse()) await iterator.return?.()
  }
}

/** The same stream, remembering the iterators it hands out. */
function tracked(
  source: Source<unknown>,
  opened: AsyncIterator<unknown>[],
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator =
        Symbol.asyncIterator in source
          ? source[Symbol.asyncIterator]()
          : fromSync(source[Symbol.iterator]())
      opened.push(iterator)
      return iterator
    },
  }
}

function fromSync(iterator: Iterator<unknown>): AsyncIterator<unknown> {
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  }
}
