import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collect, type TokenFile } from '@llm/data'
import { tf, useBackend } from '@llm/tensor'
import { loadTokenizer, type Tokenizer } from '@llm/tokenizer'
import { bitsPerByte, evaluate } from '@llm/train'
import { baselines } from './baselines/baselines.js'
import { defaultCorpus, isChosen, lockfile, ownCorpus, sourceOf } from './corpus/corpus.js'
import { machine } from './machine.js'
import type { Options } from './options.js'
import { short, size, whole } from './report/format.js'
import { writeResults } from './results.js'
import { fingerprintOf, RunState } from './run-state.js'
import { type PreparedDocuments, prepareDocuments } from './steps/documents.js'
import { chooseRecipe, type Recipe } from './steps/model-size.js'
import {
  describeTokenizer,
  documentsOf,
  learnTokenizer,
  openTokens,
  writeTokens,
} from './steps/tokens.js'
import { type TrainedModel, trainModel } from './steps/train-model.js'
import { writeSamples } from './steps/write-samples.js'
import type { RunSummary, Timing } from './summary.js'
import { printable, type StageResult, type Terminal } from './terminal.js'

/** How a run ended; a run that was stopped goes on when it is started again. */
export type RunEnd =
  | { readonly status: 'finished'; readonly summary: RunSummary }
  | { readonly status: 'stopped' }

/**
 * The whole way from raw text to a measured model. Everything it leaves behind is in `options.out`.
 *
 * @param signal ends it: what is done is kept, training saves a checkpoint.
 * @param recipe the model and its training; by default one that suits the backend and the time.
 */
export async function run(
  options: Options,
  terminal: Terminal,
  signal: AbortSignal,
  recipe?: Recipe,
): Promise<RunEnd> {
  const work = join(options.out, 'work')
  const state = await RunState.open(work, await fingerprint(options))
  if (state.continued) terminal.print('  Going on with a run that was stopped.')
  try {
    return { status: 'finished', summary: await stages(options, state, terminal, signal, recipe) }
  } catch (error) {
    if (signal.aborted) return { status: 'stopped' }
    throw error
  }
}

async function stages(
  options: Options,
  state: RunState,
  terminal: Terminal,
  signal: AbortSignal,
  given?: Recipe,
): Promise<RunSummary> {
  const { out, seed, minutes } = options
  const { directory } = state
  const { progress } = terminal
  const timings: Timing[] = []

  // First, because one that cannot start is an error. Fewer checks, and no advertisement on standard error.
  tf.enableProdMode()
  const backend = await useBackend(options.backend)
  terminal.print(`  ${'backend'.padEnd(16)}${backend.name} (${backend.device}): ${backend.reason}`)

  /** A stage: its line on the terminal, its time in the report. */
  const stage = async <T>(name: string, work: () => Promise<StageResult<T>>): Promise<T> => {
    signal.throwIfAborted()
    const { value, seconds } = await terminal.stage(name, work)
    timings.push({ stage: name, seconds })
    return value
  }
  /** A stage whose result is kept for when the run is stopped and goes on. */
  const kept = <T>(name: string, work: () => Promise<{ value: T; detail: string }>): Promise<T> =>
    stage(name, () => state.stage(name, work))

  const prepared = await kept('clean text', async () => {
    const warnings = {
      onError: ({ message }: Error) => terminal.print(`  passed over: ${printable(message)}`),
      onMissing: ({ name, version }: { name: string; version: string }) =>
        terminal.print(
          `  ${name}@${version} is in the lockfile but not installed; the corpus is not the usual one`,
        ),
    }
    const source =
      options.input === undefined ? defaultCorpus(warnings) : ownCorpus(options.input, warnings)
    const value = await prepareDocuments(source, {
      seed,
      language: options.language,
      isGood: isChosen,
      unknownLicence: options.input === undefined ? 'drop' : 'keep',
      sourceOf,
      directory,
      outcomes: join(out, 'corpus.jsonl'),
      signal,
      progress,
    })
    return { value, detail: describeCleaning(value) }
  })
  const tokenizer = await learned(state, options, kept, progress, signal)
  const headers = await kept('token files', async () => {
    const training = await writeTokens(directory, 'training', tokenizer, signal)
    const validation = await writeTokens(directory, 'validation', tokenizer, signal)
    const detail = `${short(training.tokens)} to train on, ${short(validation.tokens)} to measure with`
    return { value: { training: training.tokens, validation: validation.tokens }, detail }
  })
  const validationText = (await collect(documentsOf(directory, 'validation'))).map(
    ({ text }) => text,
  )
  const compared = await kept('baselines', async () => {
    const value = await baselines(texts(directory), validationText)
    const best = Math.min(...value.map((row) => row.bitsPerByte ?? Number.POSITIVE_INFINITY))
    return {
      value,
      detail: `${value.length} measured, the best at ${best.toFixed(3)} bits per byte`,
    }
  })

  const recipe = given ?? chooseRecipe(backend.name, minutes)
  const training = await openTokens(directory, 'training')
  const validation = await openTokens(directory, 'validation')
  try {
    const trained = await stage('training', async () => {
      const log = join(out, 'log.jsonl')
      const value = await trainModel(training, validation, {
        recipe,
        minutes,
        seed,
        directory,
        log,
        signal,
        progress,
      })
      return { value, detail: describeTraining(value) }
    })
    signal.throwIfAborted()
    const measured = await stage('validation loss', async () => {
      progress('over the whole validation file')
      const { loss, perplexity, tokens } = await evaluate(
        trained.model,
        trained.params,
        validation,
        { batchSize: 16, signal },
      )
      const bytes = prepared.split.validation.bytes
      const value = {
        loss,
        perplexity,
        tokens,
        bytes,
        bitsPerByte: bitsPerByte(loss, tokens, bytes),
      }
      return {
        value,
        detail: `${loss.toFixed(3)} nats per token, ${value.bitsPerByte.toFixed(3)} bits per byte`,
      }
    })
    const samples = await stage('samples', async () => {
      const documents = spread(await collect(documentsOf(directory, 'validation')), 4)
      const value = await writeSamples(trained.model, trained.params, tokenizer, documents, {
        seed,
        maxTokens: recipe.sampleTokens,
        signal,
      })
      return {
        value,
        detail: `${value.length} continuations of up to ${recipe.sampleTokens} tokens`,
      }
    })
    const summary: RunSummary = {
      startedAt: state.startedAt,
      settings: {
        ...(options.input === undefined ? {} : { input: options.input }),
        minutes,
        seed,
        vocabularySize: options.vocabularySize,
      },
      machine: machine(backend),
      corpus: prepared.corpus,
      funnel: prepared.funnel,
      duplicates: prepared.duplicates,
      split: {
        training: { ...prepared.split.training, tokens: headers.training },
        validation: { ...prepared.split.validation, tokens: headers.validation },
        contamination: prepared.split.contamination,
      },
      tokenizer: await describeTokenizer(tokenizer, training),
      model: { parameters: trained.model.parameterCount(), ...shapeOf(trained) },
      training: trained.training,
      result: { ...measured, baselines: compared },
      samples,
      timings,
    }
    await writeResults(out, summary, trained, tokenizer)
    await state.finish()
    tf.dispose(trained.params)
    return summary
  } finally {
    await closeAll(training, validation)
  }
}

/** The tokenizer, learned now or taken from the stopped run. */
async function learned(
  state: RunState,
  options: Options,
  kept: <T>(name: string, work: () => Promise<{ value: T; detail: string }>) => Promise<T>,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<Tokenizer> {
  const path = join(state.directory, 'tokenizer.json')
  await kept('tokenizer', async () => {
    const { vocabularySize } = options
    const tokenizer = await learnTokenizer(state.directory, { vocabularySize, signal, progress })
    return {
      value: tokenizer.hash,
      detail: `${whole(tokenizer.vocabularySize)} tokens learned from the training text`,
    }
  })
  return loadTokenizer(path)
}

/** Everything that decides what the stages give: the request, the corpus, and this program. */
async function fingerprint(options: Options): Promise<string> {
  const { quiet: _, out: __, ...request } = options
  const corpus = options.input === undefined ? await readFile(lockfile(), 'utf8') : process.cwd()
  return fingerprintOf(request, corpus, await readFile(fileURLToPath(import.meta.url), 'utf8'))
}

function describeTraining({ model, training, finished }: TrainedModel): string {
  const { steps, tokensPerSecond } = training
  const so = finished ? '' : 'stopped after '
  return `${so}${whole(steps)} steps, ${short(model.parameterCount())} parameters, ${short(tokensPerSecond)} tokens/s`
}

function shapeOf({ model }: TrainedModel) {
  const { width, nLayers, nHeads, contextLength } = model.config
  return { width, nLayers, nHeads, contextLength }
}

/** `count` of the items, evenly spaced. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count)
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, i) => items[Math.floor(i * step)]!,
  )
}

function describeCleaning({ corpus, split: { training } }: PreparedDocuments): string {
  const before = `${whole(corpus.documents)} documents, ${size(corpus.bytes)}`
  return `${before} -> ${whole(training.documents)}, ${size(training.bytes)}`
}

async function* texts(directory: string): AsyncGenerator<string> {
  for await (const { text } of documentsOf(directory, 'training')) yield text
}

async function closeAll(...files: readonly TokenFile[]): Promise<void> {
  for (const file of files) await file.close()
}
