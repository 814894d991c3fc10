// Side by side: every system runs in a process of its own, the rounds of all systems of a case alternate.
import { setTimeout } from 'node:timers/promises'
import { emulatesBfloat16, machine } from './machine.mjs'
import { startSystem } from './process.mjs'

/**
 * Measures every case of a definition with every system that can run it.
 *
 * A definition is `{ prepare?, cases, systems, rounds?, warmup? }`. A case is `{ case, dtype?, metric, unit, better, fresh?, firstPass?,
 * rounds?, ... }`; `fresh` starts a new process for each run. With `firstPass` the same process then runs once more: the first run is
 * reported under that name, the second as the case. A system is `{ system, runs(case), rounds?(case), command(case, prepared) }`; one
 * with fewer rounds than the others takes part in the first of them.
 */
export async function measure(definition, options) {
  const prepared = await definition.prepare?.()
  const versions = { node: process.version }
  const here = machine()
  const rows = []
  for (const one of definition.cases) {
    if (options.case !== undefined && !`${one.case} ${one.firstPass ?? ''}`.includes(options.case))
      continue
    const systems = definition.systems.filter(
      (each) => each.runs(one) && (options.system === undefined || options.system === each.system),
    )
    const rounds = options.rounds ?? one.rounds ?? definition.rounds ?? 5
    const runs = await interleave(one, systems, prepared, { rounds, definition, log: options.log })
    for (const { name, system, values, peakRssMB, versions: found } of runs) {
      Object.assign(versions, found)
      rows.push({
        case: name,
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
const SETTLE = 250

/** One measured series for each name and system: those of the first pass, if it is asked for, before those of the case. */
async function interleave(one, systems, prepared, { rounds, definition, log }) {
  const start = (system) => startSystem(system.system, system.command(one, prepared))
  const names = one.firstPass === undefined ? [one.case] : [one.firstPass, one.case]
  const runs = names.flatMap((name) =>
    systems.map(({ system }) => ({ name, system, values: [], peakRssMB: 0, checks: new Set() })),
  )
  const processes = one.fresh ? undefined : await inTurn(systems, start)
  try {
    const warmup = one.fresh ? 0 : (one.warmup ?? definition.warmup ?? 1)
    for (let round = -warmup; round < rounds; round++) {
      for (const [index, system] of systems.entries()) {
        if (round >= (system.rounds?.(one) ?? rounds)) continue
        const process = processes?.[index] ?? (await start(system))
        await setTimeout(SETTLE)
        for (const [pass, name] of names.entries()) {
          const answer = await process.run()
          if (round < 0) continue
          record(runs[pass * systems.length + index], process, answer)
          log(
            `${name} ${one.dtype ?? ''} ${system.system}: ${answer.value.toPrecision(4)} ${one.unit}`,
          )
        }
        if (one.fresh) await process.stop()
      }
    }
  } finally {
    for (const process of processes ?? []) await process.stop()
  }
  agree(one, runs)
  return runs
}

function record(run, { versions }, { value, peakRssMB, check }) {
  run.values.push(value)
  run.peakRssMB = Math.max(run.peakRssMB, peakRssMB)
  run.versions = versions
  if (check !== undefined) run.checks.add(check)
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
