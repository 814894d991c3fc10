import { expect, test } from 'vitest'
import { checkRust } from './rust.mjs'

/** Answers for cargo, rustc and rustup; what it was asked to run. @param {(call: string) => boolean} succeeds */
function machine(succeeds) {
  /** @type {string[]} */
  const calls = []
  /** @param {string} command @param {string[]} args */
  const run = (command, args) => {
    const call = [command, ...args].join(' ')
    calls.push(call)
    // A target's folder: this one is there.
    const output = command === 'rustc' ? import.meta.dirname : `said by ${call}`
    return { ok: succeeds(call), output }
  }
  return { calls, report: checkRust('base', run) }
}

test('without cargo everything is skipped, and it says so', () => {
  const { calls, report } = machine(() => false)
  expect(calls).toEqual(['cargo --version'])
  expect(report.problems).toEqual([])
  expect(report.detail).toContain('skipped: cargo not found')
})

test('runs every step', () => {
  const { calls, report } = machine(() => true)
  expect(report.problems).toEqual([])
  expect(report.detail).not.toContain('skipped')
  for (const part of ['fmt --check', '-D warnings', 'cargo test', 'wasm32-wasip1', 'aarch64'])
    expect(calls.some((call) => call.includes(part))).toBe(true)
  expect(calls.some((call) => call.startsWith('rustup'))).toBe(false)
})

test('a step that fails is a problem with its output', () => {
  const { report } = machine((call) => !call.startsWith('cargo test --locked'))
  expect(report.problems).toHaveLength(1)
  expect(report.problems[0]).toContain('said by cargo test --locked')
})

test('targets and components that are missing and cannot be had are named', () => {
  const { calls, report } = machine((call) => !/^rust|clippy --version/.test(call))
  expect(calls).toContain('rustup target add wasm32-wasip1')
  expect(calls.some((call) => call.includes('-D warnings'))).toBe(false)
  expect(report.problems).toEqual([])
  expect(report.detail).toContain('lints skipped: cargo clippy not found')
  expect(report.detail).toContain('rustup target add wasm32-wasip1 does not work here')
})
