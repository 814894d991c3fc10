import type { Document, OnDrop, Verdict } from '../document.js'
import type { Stage } from '../stage.js'

/**
 * The default export of a module for `mapInWorkers`: makes the stage from the given options. It is called
 * once per worker, so what is costly to load is loaded there.
 */
export type StageModule<Options = unknown, In = Document, Out = In> = (
  options: Options,
  context: StageContext,
) => Stage<In, Out> | Promise<Stage<In, Out>>

/** What a module's stage may use of the thread that started it. */
export interface StageContext {
  /** Give it to stages that drop documents: each call reaches `onDrop` of `mapInWorkers`. */
  readonly onDrop: OnDrop
}

/** What a stage gave for one batch. */
export interface BatchResult {
  readonly outputs: readonly unknown[]
  readonly drops: readonly { readonly document: Document; readonly verdict: Verdict }[]
}

/** Runs one batch after another; never two at a time. */
export type RunBatch = (items: readonly unknown[]) => Promise<BatchResult>

/** Loads a module and makes its stage. */
export async function loadStage(module: string, options: unknown): Promise<RunBatch> {
  let drops: { document: Document; verdict: Verdict }[] = []
  const onDrop: OnDrop = (document, verdict) => {
    drops.push({ document, verdict })
  }
  const { default: make }: { default?: unknown } = await import(/* @vite-ignore */ module)
  if (!isStageModule(make)) {
    throw new TypeError(
      `mapInWorkers: expected a function (options) => stage as default export of ${module}, got ${typeof make}`,
    )
  }
  const stage = await make(options, { onDrop })
  if (typeof stage !== 'function') {
    throw new TypeError(
      `mapInWorkers: expected the default export of ${module} to return a stage, got ${typeof stage}`,
    )
  }
  return async (items) => {
    drops = []
    const outputs: unknown[] = []
    for await (const output of stage(each(items))) outputs.push(output)
    return { outputs, drops }
  }
}

async function* each(items: readonly unknown[]): AsyncGenerator<unknown> {
  yield* items
}

function isStageModule(value: unknown): value is StageModule<unknown, unknown> {
  return typeof value === 'function'
}
