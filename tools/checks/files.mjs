// What no file of the repository may be or contain: larger than 1 MB, or a path of somebody's machine.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const maxBytes = 1_000_000

/** Home folders, and addresses a lockfile takes over from somebody's registry settings. */
const foreign = [
  /(?<![\w.:/-])\/(?:home|Users|root|work)\/[\w.-]+/,
  /\b[A-Z]:\\+Users\\/,
  /tarball: https?:/,
]

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
      const found = foreign
        .map((pattern) => pattern.exec(line)?.[0])
        .find((match) => match !== undefined)
      return found === undefined ? [] : [`${file}:${index + 1}: ${found} belongs to one machine`]
    })
}
