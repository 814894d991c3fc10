// The Rust kernels: formatting, lints, their tests here and as WebAssembly with SIMD128, and that they compile for NEON.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const wasi = 'wasm32-wasip1'
const library = ['--release', '--lib', '--locked', '--no-default-features']

/** @typedef {{ name: string, args: string[], component?: string, target?: string, environment?: Record<string, string> }} Step */

/** The addon is left out of all but the lints: tests of the package run it. @param {string} crate @returns {Step[]} */
function steps(crate) {
  const simd = { RUSTFLAGS: '-Ctarget-feature=+simd128' }
  const program = join(crate, '..', 'tools', 'run-wasi.mjs')
  // A list, since a path may hold spaces; JSON's strings are TOML's.
  const runner = JSON.stringify([process.execPath, program])
  return [
    { name: 'formatting', args: ['fmt', '--check'], component: 'fmt' },
    {
      name: 'lints',
      args: ['clippy', '--all-targets', '--locked', '--', '-D', 'warnings'],
      component: 'clippy',
    },
    { name: 'tests', args: ['test', '--locked', '--no-default-features'] },
    {
      name: 'wasm32 with SIMD128',
      args: ['build', ...library, '--target', 'wasm32-unknown-unknown'],
      target: 'wasm32-unknown-unknown',
      environment: simd,
    },
    {
      name: 'tests as WebAssembly',
      args: ['test', ...library, '--target', wasi, '--config', `target.${wasi}.runner=${runner}`],
      target: wasi,
      environment: simd,
    },
    {
      name: 'aarch64',
      args: ['check', ...library, '--target', 'aarch64-unknown-linux-gnu'],
      target: 'aarch64-unknown-linux-gnu',
    },
  ]
}

/**
 * What a machine lacks is skipped and named; a target is added where rustup is there to do it.
 * @param {string} base
 * @param {typeof execute} [run]
 * @returns {import('./report.mjs').Report}
 */
export function checkRust(base, run = execute) {
  const crate = join(base, 'packages', 'kernels', 'crate')
  if (!run('cargo', ['--version'], crate).ok)
    return { problems: [], detail: 'skipped: cargo not found, see https://rustup.rs' }
  const problems = []
  const done = []
  for (const { name, args, component, target, environment } of steps(crate)) {
    if (component !== undefined && !run('cargo', [component, '--version'], crate).ok)
      done.push(`${name} skipped: cargo ${component} not found`)
    else if (target !== undefined && !hasTarget(target, crate, run))
      done.push(`${name} skipped: rustup target add ${target} does not work here`)
    else {
      const { ok, output } = run('cargo', args, crate, environment)
      if (!ok) problems.push(`cargo ${args.join(' ')} failed\n${output.trim()}`)
      done.push(name)
    }
  }
  return { problems, detail: done.join(', ') }
}

/** @param {string} target @param {string} crate @param {typeof execute} run */
function hasTarget(target, crate, run) {
  const query = ['--print', 'target-libdir', '--target', target]
  const isThere = () => {
    const { ok, output } = run('rustc', query, crate)
    return ok && existsSync(output.trim())
  }
  return isThere() || (run('rustup', ['target', 'add', target], crate).ok && isThere())
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd the crate
 * @param {Record<string, string>} [environment]
 */
function execute(command, args, cwd, environment) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...environment },
  })
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` }
}
