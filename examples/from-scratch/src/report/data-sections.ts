import type { FunnelStage } from '@llm/clean'
import type { RunSummary } from '../summary.js'
import { frequencyChart, funnelChart, lengthChart } from './charts.js'
import { size, whole } from './format.js'
import { type Html, html } from './html.js'

/** Where the text came from, what was dropped from it and why, and what tokens it became. */
export function dataSections(summary: RunSummary): Html {
  return html`${funnel(summary)}${duplicates(summary)}${split(summary)}${tokens(summary)}${sources(summary)}`
}

function funnel({ funnel: stages, corpus }: RunSummary): Html {
  return html`<h2>What was read, and what is left</h2>
<p>${whole(corpus.documents)} documents went through ${stages.length} stages, in this order.</p>
${funnelChart(stages)}
<div class="scroll"><table>
<tr><th>stage</th><th class="number">in</th><th class="number">out</th><th class="number">text left</th></tr>
${stages.map(
  (stage) => html`<tr><td>${stage.name}</td><td class="number">${whole(stage.documentsIn)}</td>
<td class="number">${whole(stage.documentsOut)}</td>
<td class="number">${size(stage.bytesOut)}</td></tr>\n`,
)}
</table></div>
<h3>What was dropped, and why</h3>
${stages.filter(({ dropped }) => dropped > 0).map(droppedSamples)}`
}

function droppedSamples(stage: FunnelStage): Html {
  return html`<details><summary>${stage.name}: ${whole(stage.dropped)} documents</summary>
${stage.reasons.map(
  ({
    rule,
    documents,
    bytes,
    samples,
  }) => html`<h4><code>${rule}</code> ${whole(documents)} documents, ${size(bytes)}</h4>
${samples.slice(0, 2).map(
  (
    sample,
  ) => html`<p>${sample.reason}<br><span class="soft">${sample.source ?? sample.id}</span></p>
<pre>${sample.excerpt}</pre>\n`,
)}`,
)}
</details>\n`
}

function duplicates({ duplicates: { exact, near, clusters } }: RunSummary): Html {
  return html`<h2>Duplicates</h2>
<p>${whole(exact)} documents were word for word as one before them, ${whole(near)} nearly so. One of each group was kept;
the largest groups:</p>
<div class="scroll"><table>
<tr><th class="number">documents</th><th>kind</th><th>kept, and some of the others</th></tr>
${clusters.map(
  ({
    size: count,
    kind,
    members,
    excerpt,
  }) => html`<tr><td class="number">${whole(count)}</td><td>${kind}</td>
<td>${members.map((id) => html`<code>${id}</code><br>`)}<span class="soft">${excerpt}</span></td></tr>\n`,
)}
</table></div>`
}

function split({ split: { training, validation, contamination } }: RunSummary): Html {
  return html`<h2>Training and validation</h2>
<p>Which part a document belongs to is decided by a hash of its id. ${whole(contamination.documents)} training documents
(${size(contamination.bytes)}) were taken out because ${contamination.n} words in a row of theirs also stand in the
validation text.</p>
<div class="scroll"><table>
<tr><th></th><th class="number">documents</th><th class="number">text</th><th class="number">tokens</th><th class="number">bytes/token</th></tr>
${[
  { name: 'training', ...training },
  { name: 'validation', ...validation },
].map(
  (part) => html`<tr><td>${part.name}</td><td class="number">${whole(part.documents)}</td>
<td class="number">${size(part.bytes)}</td><td class="number">${whole(part.tokens)}</td>
<td class="number">${(part.bytes / Math.max(1, part.tokens)).toFixed(2)}</td></tr>\n`,
)}
</table></div>
${
  contamination.examples.length === 0
    ? undefined
    : html`<details><summary>Examples of what they share</summary>
${contamination.examples.map(({ id, shared }) => html`<p class="soft">${id}</p><pre>${shared}</pre>\n`)}</details>`
}`
}

function tokens({ tokenizer }: RunSummary): Html {
  return html`<h2>Tokens</h2>
<p>A byte-pair vocabulary of ${whole(tokenizer.vocabularySize)} tokens, learned from the training text alone;
${whole(tokenizer.used)} of them occur in it.</p>
<h3>How often each occurs</h3>
${frequencyChart(tokenizer)}
<h3>How long they are</h3>
${lengthChart(tokenizer)}
<p>The longest: ${tokenizer.longest.map((token) => html`<code>${token}</code> `)}</p>`
}

function sources({ corpus }: RunSummary): Html {
  return html`<h2>Sources</h2>
<div class="scroll"><table>
<tr><th>what</th><th>from</th><th>licence</th><th class="number">documents</th><th class="number">text</th><th class="number">kept</th></tr>
${corpus.sources.map(
  (
    source,
  ) => html`<tr><td>${source.title}</td><td>${source.from}</td><td>${source.rights ?? source.license}</td>
<td class="number">${whole(source.documents)}</td><td class="number">${size(source.bytes)}</td>
<td class="number">${size(source.bytesKept)}</td></tr>\n`,
)}
</table></div>`
}
