import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  collect,
  type Document,
  type MapInWorkersOptions,
  mapInWorkers,
  pipe,
  WorkerError,
} from '../src/index.js'

const trouble = fixture('trouble')
const heartbeat = fixture('heartbeat')

beforeAll(() => {
  // Threads cannot start from TypeScript on Node 20, so they run the build.
  expect(existsSync(new URL('../dist/worker.js', import.meta.url)), 'build first: npx tsup').toBe(
    true,
  )
})

describe('mapInWorkers', () => {
  test('gives the same as the stage in this thread, in order, for any workers and batches', async () => {
    const text = fc.constantFrom(
      'a',
      'twice',
      'drop',
      'throw',
      'wait 1',
      'wait 5',
      'yield a function',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        async (texts, batchSize, maxInFlight) => {
          const results: unknown[] = []
          for (const workers of [0, 1, 2, 3]) {
            results.push(await runAll(texts, { workers, batchSize, maxInFlight }))
          }
          for (const result of results.slice(1)) expect(result).toEqual(results[0])
        },
      ),
      { numRuns: 12 },
    )
  })

  test('passes options on and uses the built package', async () => {
    const url = new URL('../dist/index.js', import.meta.url).href
    const built: typeof import('../src/index.js') = await import(/* @vite-ignore */ url)
    const stage = built.mapInWorkers(trouble, { workers: 2, options: { suffix: '!' } })
    expect(
      (await built.collect(built.pipe(documents(['a', 'b']), stage))).map((d) => d.text),
    ).toEqual(['A!', 'B!'])
  })

  test('never reads more than maxInFlight batches ahead', async () => {
    let read = 0
    async function* source(): AsyncGenerator<Document> {
      for (const document of documents(new Array(100).fill('a'))) {
        read++
        yield document
      }
    }
    let handedOn = 0
    let ahead = 0
    const stage = mapInWorkers(trouble, { workers: 2, batchSize: 3, maxInFlight: 4 })
    for await (const _ of pipe(source(), stage)) {
      handedOn++
      ahead = Math.max(ahead, read - handedOn)
    }
    expect(handedOn).toBe(100)
    expect(ahead).toBeLessThanOrEqual(12)
    expect(ahead).toBeGreaterThan(3)
  })

  test('hands on what was dropped, in order', async () => {
    for (const workers of [0, 2]) {
      const dropped: string[] = []
      const kept = await collect(
        pipe(
          documents(['1', '333', '2', '4444', '5']),
          mapInWorkers(fixture('long-texts'), {
            workers,
            batchSize: 2,
            options: { atLeast: 3 },
            onDrop: (document, verdict) => dropped.push(`${document.text} ${verdict.rule}`),
          }),
        ),
      )
      expect(kept.map((document) => document.text)).toEqual(['333', '4444'])
      expect(dropped).toEqual(['1 long', '2 long', '5 long'])
    }
  })

  test('throws with the id of the document, after everything before it', async () => {
    for (const workers of [0, 2]) {
      const seen: string[] = []
      const stage = mapInWorkers(trouble, { workers, batchSize: 4 })
      const error = await rejection(async () => {
        const texts = ['a', 'b', 'c', 'd', 'e', 'throw', 'f']
        for await (const document of pipe(documents(texts), stage)) seen.push(document.text)
      })
      expect(error).toBeInstanceOf(WorkerError)
      expect(error).toMatchObject({
        id: 'd5',
        index: 5,
        crashed: false,
        cause: { name: 'TypeError' },
      })
      expect(error).toHaveProperty(
        'message',
        'mapInWorkers: document "d5" (item 5) made the stage throw: no good',
      )
      expect(seen).toEqual(['A', 'B', 'C', 'D', 'E'])
    }
  })

  test.each([
    ['exit', 'the thread stopped with exit code 3'],
    ['fill the memory', 'memory limit'],
    ['reject', 'nobody waits for me'],
    ['loop', 'took longer than 1000 ms'],
  ])('survives a thread that stops: %s', async (text, reason) => {
    const errors: WorkerError[] = []
    const options = {
      workers: 2,
      batchSize: 3,
      timeout: text === 'loop' ? 1000 : 30_000,
      resourceLimits: { maxOldGenerationSizeMb: 24 },
      onError: (error: WorkerError) => errors.push(error),
    }
    const texts = ['a', 'b', 'c', 'd', text, 'f', 'g', 'h', 'i', 'j']
    const results = await collect(pipe(documents(texts), mapInWorkers(trouble, options)))
    expect(results.map((document) => document.text)).toEqual([...'ABCDFGHIJ'])
    expect(errors).toMatchObject([{ id: 'd4', index: 4, crashed: true }])
    expect(errors[0]?.message).toContain(reason)

    const fatal = mapInWorkers(trouble, { ...options, onError: 'throw' })
    await expect(collect(pipe(documents(texts), fatal))).rejects.toThrow(
      'document "d4" (item 4) stopped its worker',
    )
  })

  test('reports every culprit of a batch, and skips when asked', async () => {
    const errors: (number | string)[] = []
    const texts = ['exit', 'a', 'throw', 'throw a string', 'b', 'exit']
    const onError = (error: WorkerError) => errors.push(error.index, String(error.cause))
    const results = await collect(
      pipe(documents(texts), mapInWorkers(trouble, { workers: 1, batchSize: 6, onError })),
    )
    expect(results.map((document) => document.text)).toEqual(['A', 'B'])
    const exit = 'Error: the thread stopped with exit code 3'
    expect(errors).toEqual([0, exit, 2, 'TypeError: no good', 3, 'Error: just text', 5, exit])
    const skip = mapInWorkers(trouble, { workers: 1, batchSize: 6, onError: 'skip' })
    expect(await collect(pipe(documents(texts), skip))).toEqual(results)
  })

  test('an item that cannot be sent to a thread is reported like any other', async () => {
    const bad = { ...documents(['x'])[0]!, metadata: { f: () => 1 } }
    for (const workers of [0, 1]) {
      const stage = mapInWorkers(trouble, { workers })
      await expect(collect(pipe([...documents(['a']), bad], stage))).rejects.toThrow(
        'document "d0" (item 1) made the stage throw',
      )
    }
  })

  test.each([
    ['throws-on-load', 'cannot load'],
    ['exits-on-load', 'exit code 7'],
    ['no-default', 'expected a function (options) => stage as default export'],
    ['no-stage', 'to return a stage, got string'],
    ['missing', 'Cannot find module'],
  ])(
    'a module that cannot be started is fatal even when errors are skipped: %s',
    async (name, reason) => {
      const stage = mapInWorkers(fixture(name), { workers: 2, onError: 'skip' })
      await expect(collect(pipe(documents(['a', 'b']), stage))).rejects.toThrow(reason)
    },
  )

  test('an error of the input comes after the results before it', async () => {
    async function* source(): AsyncGenerator<Document> {
      yield* documents(['a', 'b', 'c'])
      throw new Error('input broke')
    }
    for (const workers of [0, 2]) {
      const seen: string[] = []
      const error = await rejection(async () => {
        const stage = mapInWorkers(trouble, { workers, batchSize: 2 })
        for await (const document of pipe(source(), stage)) seen.push(document.text)
      })
      expect(error).toHaveProperty('message', 'input broke')
      expect(seen).toEqual(['A', 'B', 'C'])
    }
  })

  test('stops the threads and closes the input when the consumer stops early', async () => {
    let closed = false
    async function* source(): AsyncGenerator<Document> {
      try {
        for (;;) yield* documents(['a'])
      } finally {
        closed = true
      }
    }
    const beats = new Int32Array(new SharedArrayBuffer(4))
    const stage = mapInWorkers(heartbeat, {
      workers: 3,
      batchSize: 1,
      options: { beats: beats.buffer },
    })
    for await (const _ of stage(source())) if (Atomics.load(beats, 0) > 3) break
    expect(closed).toBe(true)
    await expectStill(beats)
  })

  test('stops a thread that is busy', async () => {
    const stage = mapInWorkers(trouble, { workers: 2, batchSize: 1 })
    for await (const _ of pipe(documents(['a', 'loop', 'a', 'a']), stage)) break
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort')
  })

  test('leaves no thread behind at the end', async () => {
    const beats = new Int32Array(new SharedArrayBuffer(4))
    const stage = mapInWorkers(heartbeat, { workers: 2, options: { beats: beats.buffer } })
    async function* source(): AsyncGenerator<Document> {
      while (Atomics.load(beats, 0) < 3) yield { id: 'd', text: 'a' }
    }
    await collect(stage(source()))
    await expectStill(beats)
  })

  test('a program that abandons the stream ends by itself', () => {
    expect(runProgram('abandon')).toBe('A\n')
  })

  test('a program that stops early goes on, though its thread answers while it is being stopped', () => {
    expect(runProgram('break')).toBe('A\ngoes on\n')
  })

  test('an empty input starts no thread', async () => {
    expect(await collect(pipe([], mapInWorkers(fixture('throws-on-load'))))).toEqual([])
  })

  test('wrong options are named', () => {
    expect(() => mapInWorkers(trouble, { workers: -1 })).toThrow(
      'mapInWorkers: expected workers to be an integer >= 0, got -1',
    )
    expect(() => mapInWorkers(trouble, { batchSize: 0 })).toThrow('batchSize')
    expect(() => mapInWorkers(trouble, { maxInFlight: 1.5 })).toThrow('maxInFlight')
    expect(() => mapInWorkers(trouble, { timeout: 0 })).toThrow('timeout')
  })
})

function fixture(name: string): URL {
  return new URL(`./fixtures/stages/${name}.mjs`, import.meta.url)
}

function documents(texts: readonly string[]): Document[] {
  return texts.map((text, i) => ({ id: `d${i}`, text }))
}

async function runAll(texts: readonly string[], options: MapInWorkersOptions): Promise<unknown> {
  const errors: unknown[] = []
  const onError = (error: WorkerError) => errors.push([error.id, error.index, error.crashed])
  const stage = mapInWorkers(trouble, { ...options, onError })
  return { results: await collect(pipe(documents(texts), stage)), errors }
}

async function rejection(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}

/** Nobody counts any more. */
async function expectStill(beats: Int32Array): Promise<void> {
  const last = Atomics.load(beats, 0)
  expect(last).toBeGreaterThan(0)
  await sleep(100)
  expect(Atomics.load(beats, 0)).toBe(last)
}

function runProgram(name: string): string {
  const program = fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url))
  const library = new URL('../dist/index.js', import.meta.url).href
  const options = { timeout: 30_000, encoding: 'utf8' } as const
  return execFileSync(process.execPath, [program, library, trouble.href], options)
}
