// The Python side of the comparisons: a virtual environment of our own, made again only when its requirements change.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, StepFailed, say, step } from './process.mjs'
import { root } from './root.mjs'

const directory = join(root, '.venv')
const requirements = join(root, 'tools', 'parity-requirements.txt')
const programs = join(directory, process.platform === 'win32' ? 'Scripts' : 'bin')

/** Makes `.venv` and gives the environment in which `python` is the one in it. @returns {Promise<Record<string, string>>} */
export async function preparePython() {
  const stamp = join(directory, '.installed')
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const started = performance.now()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    say('python', 'up to date', performance.now() - started)
  } else {
    await step('python', await findPython(), ['-m', 'venv', directory], {
      detail: () => 'new .venv',
    })
    const python = join(programs, 'python')
    await step(
      'packages',
      python,
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '-r', requirements],
      {
        detail: () => 'tools/parity-requirements.txt',
      },
    )
    writeFileSync(stamp, hash)
  }
  return { VIRTUAL_ENV: directory, PATH: [programs, process.env.PATH].join(delimiter) }
}

async function findPython() {
  for (const name of ['python3', 'python']) {
    const wanted = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)'
    const exitCode = await run(name, ['-c', wanted], { stdio: 'ignore' }).catch(() => 1)
    if (exitCode === 0) return name
  }
  throw new StepFailed(
    'python: expected Python 3.10 or newer with its venv module, found none; install it (on Debian: python3 and python3-venv)',
    1,
  )
}
