/** The style sheet of the report: one column, charts that change at phone width, nothing from the network. */
export const style = `
:root { --ink: #1e293b; --soft: #64748b; --line: #e2e8f0; --wash: #f8fafc; --accent: #2563eb; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: #fff; }
main { max-width: 868px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 1.35rem; margin: 56px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 28px 0 4px; }
h4 { font-size: 0.95rem; margin: 20px 0 4px; }
p { margin: 8px 0 12px; max-width: 70ch; overflow-wrap: anywhere; }
.soft, figcaption { color: var(--soft); font-size: 0.9rem; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 24px 0; }
.tile { background: var(--wash); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tile b { display: block; font-size: 1.35rem; line-height: 1.25; }
.tile span { color: var(--soft); font-size: 0.85rem; }
figure { margin: 12px 0 20px; }
figure svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
.key { display: inline-block; width: 18px; height: 3px; margin: 0 6px 4px 0; vertical-align: middle; }
.key + .key { margin-left: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.own td { color: var(--accent); font-weight: 600; }
blockquote, pre { margin: 8px 0 16px; padding: 12px 16px; background: var(--wash); border-left: 3px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; font: 0.9rem/1.5 Georgia, serif; }
pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.8rem; }
blockquote b { color: var(--accent); font-weight: 600; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.85em; overflow-wrap: anywhere; }
details { margin: 8px 0; }
summary { cursor: pointer; padding: 4px 0; }
@media (max-width: 760px) {
  main { padding: 24px 16px 56px; }
  h1 { font-size: 1.6rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .tiles { grid-template-columns: 1fr 1fr; }
  table { font-size: 0.82rem; }
  th, td { padding-right: 8px; }
  th.number { white-space: normal; }
}
@media print { .narrow { display: none; } .wide { display: block; } details > * { display: block; } }
`
