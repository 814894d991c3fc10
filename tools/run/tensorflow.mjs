// TensorFlow's C library under tfjs-node, for the comparisons: built by the package's own tool, again only when the tool changes.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say, step } from './process.mjs'
import { root } from './root.mjs'

const directory = join(root, '.venv', 'tensorflow')
const tool = join(root, 'packages', 'tensor', 'dist', 'build-tensorflow.js')

/**
 * Builds into `.venv/tensorflow` and gives the environment in which the backend `tensorflow` finds it; elsewhere than on Linux x64, nothing.
 * @param {Record<string, string>} python the environment of preparePython
 * @returns {Promise<Record<string, string>>}
 */
export async function prepareTensorflow(python) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say('tfjs-node', 'not built: it needs Linux x64', 0)
    return {}
  }
  const stamp = join(root, '.venv', '.tensorflow')
  const hash = hashOfTool()
  const started = performance.now()
  if (existsSync(directory) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    say('tfjs-node', 'up to date', performance.now() - started)
  } else {
    await step('tfjs-node', process.execPath, [tool, '--to', directory], {
      env: python,
      detail: (output) => /TensorFlow \S+ starts on the \w+/.exec(output)?.[0] ?? '',
    })
    writeFileSync(stamp, hash)
  }
  return { LLM_TENSORFLOW: directory }
}

function hashOfTool() {
  const sources = join(root, 'packages', 'tensor', 'src', 'build-tensorflow')
  const hash = createHash('sha256')
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)))
  return hash.digest('hex')
}
