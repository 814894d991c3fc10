// What no file of the repository may be or contain: larger than 1 MB, or a path of somebody's machine.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const maxBytes = 1_000_000

/** Home folders, except those of nobody that examples use. */
const machinePath =
  /(?<![\w.:/-])\/(?:home|Users|root|work)\/(?!(?:me|you|user)\b)[\w.-]+|\b[A-Z]:\\+Users\\/

/** An address that a lockfile takes over from somebody's registry settings. */
const registryAddress = /tarball: https?:/

/** @param {string} base @returns {import('./report.mjs').Report} */
export function checkFiles(base) {
  const files = repositoryFiles(base)
  const problems = files.flatMap((file) => {
    const path = join(base, file)
    const { size } = statSync(path)
    const large = size > maxBytes ? [`${file}: ${size} bytes, at most ${maxBytes} are allowed`] : []
    return [...large, ...foreignPaths(file, readFileSync(path))]
  })
  return { problems, detail: `${files.length} files` }
}

/** The files git tracks or would track. @param {string} base @returns {string[]} */
export function repositoryFiles(base) {
  const output = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: base,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  )
  return [...new Set(output.split('\0'))]
    .filter((file) => file !== '' && existsSync(join(base, file)))
    .sort()
}

/** @param {string} file @param {Buffer} bytes @returns {string[]} */
function foreignPaths(file, bytes) {
  const isBinary = bytes.subarray(0, 8000).includes(0)
  if (isBinary) return []
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line, index) => {
      const address = file.endsWith('pnpm-lock.yaml') ? registryAddress.exec(line) : null
      const found = machinePath.exec(line) ?? address
      return found === null ? [] : [`${file}:${index + 1}: ${found[0]} belongs to one machine`]
    })
}
