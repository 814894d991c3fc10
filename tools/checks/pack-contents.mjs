// What is in a tarball, and whether it may be published.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** @typedef {Map<string, { hash: string, text: string }>} Contents files by their path */

/**
 * Both clients must ship the same files, ranges that an installer understands, and nothing that is only ours.
 * @param {string} name
 * @param {Contents} files packed by npm
 * @param {Contents} others packed by pnpm
 * @returns {string[]}
 */
export function compareContents(name, files, others) {
  const problems = []
  for (const file of new Set([...files.keys(), ...others.keys()])) {
    // pnpm writes a manifest of its own, without the scripts that only serve packing; what it says is looked at below.
    if (file === 'package.json' || files.get(file)?.hash === others.get(file)?.hash) continue
    problems.push(`${name}: npm and pnpm pack ${file} differently`)
  }
  for (const contents of [files, others]) {
    const left = /"(?:workspace|catalog):[^"]*"/.exec(
      contents.get('package.json')?.text ?? '"workspace:nothing"',
    )
    if (left !== null) problems.push(`${name}: the packed package.json still says ${left[0]}`)
  }
  for (const file of files.keys()) {
    if (/\.test\.|tsbuildinfo|\.node$|^test\//.test(file)) problems.push(`${name}: ships ${file}`)
  }
  return problems
}

/** @param {string} tarball @returns {Promise<Contents>} */
export async function unpack(tarball) {
  const directory = mkdtempSync(join(tmpdir(), 'pack-'))
  try {
    await execute('tar', ['-xzf', tarball, '-C', directory])
    const top = join(directory, 'package')
    const names = readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(top.length + 1))
    return new Map(
      names.map((name) => {
        const bytes = readFileSync(join(top, name))
        return [
          name,
          { hash: createHash('sha256').update(bytes).digest('hex'), text: bytes.toString('utf8') },
        ]
      }),
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
}
