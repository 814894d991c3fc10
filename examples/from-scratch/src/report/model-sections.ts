import type { RunSummary } from '../summary.js'
import { bitsChart, lossChart, rateChart, timingChart } from './charts.js'
import { duration, short, whole } from './format.js'
import { type Html, html } from './html.js'

/** What the model reached, what it writes, and how it was trained. */
export function modelSections(summary: RunSummary): Html {
  return html`${result(summary)}${samples(summary)}${training(summary)}`
}

function result({ result: { baselines, bitsPerByte, tokens, bytes } }: RunSummary): Html {
  const rows = [
    { name: 'this model', description: 'trained here', bitsPerByte, note: undefined, own: true },
    ...baselines.map((row) => ({ note: undefined, ...row, own: false })),
  ]
  return html`<h2>How well it predicts</h2>
<p>The number of bits it takes to tell each byte of the validation text (${whole(bytes)} bytes in ${whole(tokens)} tokens,
none of which were trained on): fewer is better. The same text was given to models that count characters, fitted on the
same training text, and to two compressors.</p>
${bitsChart(bitsPerByte, baselines)}
<details><summary>What they are</summary><div class="scroll"><table>
<tr><th>what</th><th class="number">bits per byte</th><th></th></tr>
${rows.map(
  (row) => html`<tr${row.own ? html` class="own"` : undefined}><td>${row.name}</td>
<td class="number">${row.bitsPerByte?.toFixed(4) ?? 'not measured'}</td><td>${row.note ?? row.description}</td></tr>\n`,
)}
</table></div></details>`
}

function samples({ samples: written }: RunSummary): Html {
  return html`<h2>What it writes</h2>
<p>Continuations of a few beginnings (in blue), drawn token by token.</p>
${written.map(({ prompt, text }) => html`<blockquote><b>${prompt}</b>${text}</blockquote>\n`)}`
}

function training({ training: run, model, timings, machine }: RunSummary): Html {
  return html`<h2>Training</h2>
<p>${whole(run.steps)} steps of ${whole(run.tokensPerStep)} tokens in ${duration(run.seconds)},
${short(run.tokensPerSecond)} tokens a second on the backend <code>${machine.backend.name}</code>:
a GPT-2 of ${short(model.parameters)} parameters.</p>
<h3>Loss</h3>
<p class="soft"><span class="key" style="background:#cbd5e1"></span>each step
<span class="key" style="background:#334155"></span>moving mean
<span class="key" style="background:#ea580c"></span>validation batches</p>
${lossChart(run)}
<h3>Learning rate</h3>
${rateChart(run)}
<h3>Where the time went</h3>
${timingChart(timings)}`
}
