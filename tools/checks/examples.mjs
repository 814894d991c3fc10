// The examples of READMEs and guides, against the packages as they are installed.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { root } from '../run/root.mjs'
import { readCode, readExample } from './readme-example.mjs'

const execute = promisify(execFile)

/** @typedef {{ name: string, code: string }} Example */

/**
 * Runs the first TypeScript block of a README in a project that has the package, and compares what it prints.
 * @param {string} project
 * @param {string} name
 * @param {string} readme
 * @returns {Promise<string[]>}
 */
export async function runExample(project, name, readme) {
  const example = readExample(readme)
  if (example === undefined) return [`${name}: its README has no \`\`\`ts block`]
  // A folder of its own for each, since an example may write files, with the packages where a reader has them.
  const directory = mkdtempSync(join(project, 'example-'))
  symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'), 'junction')
  const { code } = await transform(example.code, { loader: 'ts', format: 'esm', target: 'node20' })
  writeFileSync(join(directory, 'example.mjs'), code)
  try {
    const { stdout } = await execute(process.execPath, ['example.mjs'], {
      cwd: directory,
      timeout: 120_000,
    })
    if (example.output === undefined || stdout.trim() === example.output.trim()) return []
    return [
      `${name}: the README's example prints\n${stdout.trim()}\ninstead of\n${example.output.trim()}`,
    ]
  } catch (error) {
    return [`${name}: the README's example failed: ${reason(error)}`]
  }
}

/** @param {{ name: string, text: string }} readme @returns {Example} */
export function firstExample({ name, text }) {
  return { name, code: readExample(text)?.code ?? '' }
}

/** All code of the guides in docs/guide. @param {string} base @returns {Example[]} */
export function guideExamples(base) {
  const directory = join(base, 'docs', 'guide')
  return readdirSync(directory).flatMap((file) =>
    readCode(readFileSync(join(directory, file), 'utf8')).map((code, index) => ({
      name: `${file} ${index + 1}`,
      code,
    })),
  )
}

/**
 * Type-checks examples against the declarations that were packed, as a project with `strict` would.
 * @param {string} project
 * @param {Example[]} examples
 */
export async function checkTypes(project, examples) {
  const directory = mkdtempSync(join(project, 'types-'))
  for (const { name, code } of examples) {
    // A block without imports is a module all the same: names of one block are not those of another.
    writeFileSync(join(directory, `${name.replace(/\W+/g, '-')}.mts`), `${code}\nexport {}\n`)
  }
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: 'NodeNext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    skipLibCheck: true,
  }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.mts'] }),
  )
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await execute(process.execPath, [tsc, '-p', directory, '--pretty', 'false'], {
    cwd: directory,
  }).catch((/** @type {{ stdout: string }} */ error) => error)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `example: ${line}`)
}

/** @param {unknown} error */
function reason(error) {
  const { stderr, message } = /** @type {{ stderr?: string, message: string }} */ (error)
  return stderr || message
}
