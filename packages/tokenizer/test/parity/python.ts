import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a script of this folder with the `python` that `npm run parity` puts first in the path. */
export function python<T>(script: string, input: unknown): T {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr, error } = spawnSync('python', [path], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', TRANSFORMERS_VERBOSITY: 'error' },
  })
  if (status !== 0) throw new Error(`${script} failed: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}
