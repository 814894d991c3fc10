import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runProgram } from './run-program.js'
import { tfjsNodeVersion } from './versions.js'

/** What is compiled and with what. */
export interface Toolchain {
  readonly compiler: string
  /** The folder of tfjs-node's C++ sources. */
  readonly sources: string
  /** The folder of node_api.h. */
  readonly headers: string
}

/**
 * Finds the compiler, the sources and the headers.
 *
 * @throws Error naming everything that is missing and how to get it
 */
export async function findToolchain(): Promise<Toolchain> {
  const problems: string[] = []
  const sources = find('@tensorflow/tfjs-node/package.json')
  const headers = find('node-api-headers/package.json')
  const missing = [
    ...(sources === undefined ? [`@tensorflow/tfjs-node@${tfjsNodeVersion}`] : []),
    ...(headers === undefined ? ['node-api-headers'] : []),
  ]
  if (missing.length > 0) {
    problems.push(
      `not installed beside @llm/tensor: npm install --ignore-scripts ${missing.join(' ')}`,
    )
  }
  if (sources !== undefined) {
    const { version } = JSON.parse(readFileSync(sources, 'utf8'))
    if (version !== tfjsNodeVersion) {
      problems.push(`expected @tensorflow/tfjs-node ${tfjsNodeVersion}, got ${version}`)
    }
  }
  const compiler = await findCompiler()
  if (compiler === undefined) {
    problems.push(
      `no C++ compiler (${compilers().join(', ')}): install one (on Debian: g++; on Fedora: gcc-c++) or name it in CXX`,
    )
  }
  if (problems.length > 0 || !compiler || !sources || !headers) {
    throw new Error(`llm-tensorflow:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
  return {
    compiler,
    sources: join(dirname(sources), 'binding'),
    headers: join(dirname(headers), 'include'),
  }
}

/**
 * Compiles and links the addon. The sources are taken as they are: they use Node-API and TensorFlow's C API, and both are kept stable.
 *
 * @param libraries where the addon looks for TensorFlow's libraries when it is loaded; `$ORIGIN` is its own folder
 */
export async function compileAddon(
  { compiler, sources, headers }: Toolchain,
  tensorflow: string,
  libraries: string,
  addon: string,
): Promise<void> {
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    ...[`-I${headers}`, `-I${join(tensorflow, 'include')}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, file)),
    ...[`-L${tensorflow}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    ...[`-Wl,-rpath,${libraries}`, '-o', addon],
  ]
  await runProgram(compiler, args, { missing: 'install a C++ compiler' })
}

function find(path: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(path)
  } catch {
    return undefined
  }
}

async function findCompiler(): Promise<string | undefined> {
  for (const program of compilers()) {
    const works = await runProgram(program, ['--version'], { missing: '' }).then(
      () => true,
      () => false,
    )
    if (works) return program
  }
  return undefined
}

function compilers(): string[] {
  return process.env.CXX ? [process.env.CXX] : ['g++', 'clang++', 'c++']
}
