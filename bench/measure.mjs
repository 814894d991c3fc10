// Side by side: every system runs in a process of its own, the rounds of all systems of a case alternate.
import { setTimeout } from 'node:timers/promises'
import { emulatesBfloat16, machine } from './machine.mjs'
import { startSystem } from './process.mjs'

/**
 * Measures every case of a definition with every system that can run it.
 *
 * A definition is `{ prepare?, cases, systems, rounds?, warmup? }`. A case is `{ case, dtype?, metric, unit, better, fresh?, rounds?, ... }`;
 * `fresh` starts a new process for each run, so that the first pass is what is measured. A system is
 * `{ system, runs(case), command(case, prepared) }`.
 */
export async function measure(definition, options) {
  const prepared = await definition.prepare?.()
  const versions = { node: process.version }
  const here = machine()
  const rows = []
  for (const one of definition.cases) {
    if (options.case !== undefined && !one.case.includes(options.case)) continue
    const systems = definition.systems.filter(
      (each) => each.runs(one) && (options.system === undefined || options.system === each.system),
    )
    const rounds = options.rounds ?? one.rounds ?? definition.rounds ?? 5
    const runs = await interleave(one, systems, prepared, { rounds, definition, log: options.log })
    for (const { system, values, peakRssMB, versions: found } of runs) {
      Object.assign(versions, found)
      rows.push({
        case: one.case,
        ...(one.dtype === undefined ? {} : { dtype: one.dtype }),
        ...(one.dtype === 'bfloat16' && emulatesBfloat16(here) ? { emulated: true } : {}),
        system,
        metric: one.metric,
        unit: one.unit,
        median: round(median(values)),
        best: round(one.better === 'higher' ? Math.max(...values) : Math.min(...values)),
        runs: values.length,
        peakRssMB: Math.round(peakRssMB),
      })
    }
  }
  return { date: new Date().toISOString().slice(0, 10), machine: here, versions, rows }
}

/** Milliseconds before each measurement: the threads of the system before spin on for a while (OpenMP's for 200). */
const SETTLE = 500

async function interleave(one, systems, prepared, { rounds, definition, log }) {
  const start = (system) => startSystem(system.system, system.command(one, prepared))
  const runs = systems.map(({ system }) => ({
    system,
    values: [],
    peakRssMB: 0,
    checks: new Set(),
  }))
  const processes = one.fresh ? undefined : await inTurn(systems, start)
  try {
    const warmup = one.fresh ? 0 : (one.warmup ?? definition.warmup ?? 1)
    for (let round = -warmup; round < rounds; round++) {
      for (const [index, system] of systems.entries()) {
        const process = processes?.[index] ?? (await start(system))
        await setTimeout(SETTLE)
        const answer = await process.run()
        if (one.fresh) await process.stop()
        if (round < 0) continue
        const run = runs[index]
        run.values.push(answer.value)
        run.peakRssMB = Math.max(run.peakRssMB, answer.peakRssMB)
        run.versions = process.versions
        if (answer.check !== undefined) run.checks.add(answer.check)
        log(
          `${one.case} ${one.dtype ?? ''} ${system.system}: ${answer.value.toPrecision(4)} ${one.unit}`,
        )
      }
    }
  } finally {
    for (const process of processes ?? []) await process.stop()
  }
  agree(one, runs)
  return runs
}

async function inTurn(systems, start) {
  const processes = []
  for (const system of systems) processes.push(await start(system))
  return processes
}

/** A fast wrong answer is not a result: systems that report a check must report the same one. */
function agree(one, runs) {
  const checks = new Set(runs.flatMap((run) => [...run.checks]))
  if (checks.size <= 1) return
  const said = runs.map((run) => `${run.system} ${[...run.checks].join(' and ')}`).join(', ')
  throw new Error(`bench: the systems disagree on the outcome of "${one.case}": ${said}`)
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const round = (value) => Number(value.toPrecision(4))
