import type { RunSummary } from '../summary.js'
import { dataSections } from './data-sections.js'
import { duration, short, size, whole } from './format.js'
import { type Html, html, trusted } from './html.js'
import { modelSections } from './model-sections.js'
import { style } from './style.js'

/**
 * The report of a run as one self-contained page: no script, no file beside it, no request to anywhere.
 * Everything that comes from documents, file names and the model is escaped.
 */
export function report(summary: RunSummary): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>A language model from scratch</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
${heading(summary)}
${modelSections(summary)}
${dataSections(summary)}
${details(summary)}
</main>
</body>
</html>
`.markup
}

function heading({ corpus, split, model, training, result, startedAt }: RunSummary): Html {
  return html`<h1>A language model from scratch</h1>
<p class="soft">${startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</p>
<div class="tiles">
${tile(result.bitsPerByte.toFixed(3), 'bits per byte of validation text')}
${tile(result.loss.toFixed(3), `nats per token (perplexity ${result.perplexity.toFixed(1)})`)}
${tile(short(model.parameters), 'parameters')}
${tile(short(training.steps * training.tokensPerStep), `tokens seen in ${duration(training.seconds)}`)}
${tile(size(corpus.bytes), `read, in ${whole(corpus.documents)} documents`)}
${tile(size(split.training.bytes), `left to train on: ${short(split.training.tokens)} tokens`)}
</div>`
}

function tile(value: string, label: string): Html {
  return html`<div class="tile"><b>${value}</b><span>${label}</span></div>`
}

function details({ settings, machine, corpus, tokenizer, model }: RunSummary): Html {
  const rows: readonly (readonly [string, string])[] = [
    ['input', settings.input?.join(' ') ?? 'the default corpus'],
    ['seed', String(settings.seed)],
    ['minutes of training', String(settings.minutes)],
    [
      'model',
      `GPT-2, ${model.nLayers} layers, ${model.nHeads} heads, width ${model.width}, context ${model.contextLength}`,
    ],
    ['backend', `${machine.backend.name} (${machine.backend.device}): ${machine.backend.reason}`],
    ['machine', `Node ${machine.node}, ${machine.platform}, ${machine.cpus} processors`],
    ['corpus hash', corpus.hash],
    ['tokenizer hash', tokenizer.hash],
    [
      'versions',
      Object.entries(machine.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ]
  return html`<h2>Settings</h2>
<p>With the same seed and the same lockfile, the corpus hash, the tokenizer hash and the number of tokens are the same
on every machine. The weights are not: how many steps fit in the time depends on the machine.</p>
<div class="scroll"><table>
${rows.map(([name, value]) => html`<tr><th>${name}</th><td><code>${value}</code></td></tr>\n`)}
</table></div>`
}
