import {
  createFunnel,
  extract,
  type FunnelStage,
  gopherQuality,
  gopherRepetition,
  keep,
  languageIs,
  licenceNot,
  minimumWords,
  placeholderPage,
  type Rule,
  repairText,
} from '@llm/clean'
import { type Document, type OnDrop, pipe, type Stage, type Verdict } from '@llm/data'
import { type DuplicateCluster, exactDuplicates, nearDuplicates } from '@llm/dedup'
import { passages } from '../corpus/passages.js'
import { prose } from './prose.js'

export interface CleanOptions {
  readonly seed: number
  /** Language to keep, ISO 639-1, or `any`. */
  readonly language: string
  /** Documents known to be good, which the rules made for the web let pass. */
  readonly isGood: (document: Document) => boolean
  /** Documents without a licence: the user's own may be used, those of a crawl may not. */
  readonly unknownLicence: 'keep' | 'drop'
  /** Where temporary files go. */
  readonly temporaryDirectory: string
  readonly onDrop: (document: Document, stage: string, verdict: Verdict) => void
  readonly onCluster: (cluster: DuplicateCluster) => void
}

/** The documents that are left, and, once they are read to the end, what happened to the others. */
export interface Cleaned {
  readonly documents: AsyncIterable<Document>
  report(): readonly FunnelStage[]
}

/** The whole way from raw documents to those worth training on. */
export async function clean(
  source: AsyncIterable<Document>,
  options: CleanOptions,
): Promise<Cleaned> {
  const { seed, unknownLicence, temporaryDirectory, onCluster } = options
  const web = (rule: Rule): Rule => unless(options.isGood, rule)
  const spoken =
    options.language === 'any' ? [] : [web(await languageIs(options.language, { atLeast: 0.65 }))]
  const funnel = createFunnel({ samples: 3, sampleLength: 400 })
  const stage = (name: string, make: Parameters<typeof funnel.stage>[1]) =>
    funnel.stage(name, (onDrop) =>
      make(both(onDrop, (document, verdict) => options.onDrop(document, name, verdict))),
    )

  const documents = pipe(
    source,
    stage('extract text', (onDrop) => extract({ onDrop })),
    stage('repair', () => repairText()),
    stage('cut long texts', () => cutLong),
    stage('licence', (onDrop) =>
      keep(licenceNot('copyleft', { unknown: unknownLicence }), { onDrop }),
    ),
    stage('language', (onDrop) => keep(spoken, { onDrop })),
    stage('quality', (onDrop) =>
      keep(
        [
          minimumWords(20),
          web(placeholderPage()),
          web(gopherQuality()),
          web(prose({ atLeast: 0.5 })),
        ],
        { onDrop },
      ),
    ),
    stage('repetition', (onDrop) => keep(web(gopherRepetition()), { onDrop })),
    stage('exact duplicates', (onDrop) => exactDuplicates({ onDrop })),
    stage('near duplicates', (onDrop) =>
      nearDuplicates({
        bands: 14,
        rows: 8,
        threshold: 0.7,
        verify: 'estimate',
        seed: seed + 1,
        temporaryDirectory,
        onDrop,
        onCluster,
      }),
    ),
  )
  return { documents, report: () => funnel.report().stages }
}

/** Longer documents are cut into passages, so that one long book can be split as many short pages are. */
const longText = 12_000

const cutLong: Stage = async function* (documents) {
  for await (const document of documents) {
    if (document.text.length < longText) yield document
    else {
      for (const [index, text] of passages(document.text, { form: 'lines' }).entries())
        yield { ...document, id: `${document.id}#${String(index + 1).padStart(4, '0')}`, text }
    }
  }
}

/** A rule that does not judge some documents. */
function unless(passes: (document: Document) => boolean, rule: Rule): Rule {
  return (document) =>
    passes(document)
      ? {
          keep: true,
          rule: 'good text',
          value: 1,
          threshold: 1,
          reason: 'not judged: known to be good',
        }
      : rule(document)
}

function both(first: OnDrop, second: OnDrop): OnDrop {
  return (document, verdict) => {
    first(document, verdict)
    second(document, verdict)
  }
}
