import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  addonFile,
  buildFile,
  buildFolder,
  type TensorflowBuild,
} from '../backends/tensorflow/build-location.js'
import { compileAddon, findToolchain } from './compile.js'
import { obtainTensorflow } from './obtain.js'
import type { BuildOptions } from './options.js'
import { runProgram } from './run-program.js'
import { tfjsNodeVersion } from './versions.js'

/**
 * Builds tfjs-node's addon for the TensorFlow asked for, starts it once, and puts it where `useBackend` looks for it.
 * What was there before is replaced when everything has worked.
 *
 * @throws Error saying what is missing or what failed
 */
export async function buildTensorflow(
  options: BuildOptions,
  say: (line: string) => void,
): Promise<void> {
  checkPlatform()
  const to = options.to === undefined ? await buildFolder() : resolve(options.to)
  if (existsSync(to) && readdirSync(to).length > 0 && !existsSync(join(to, buildFile))) {
    throw new Error(`llm-tensorflow: expected an empty folder or an older build, got ${to}`)
  }
  const toolchain = await findToolchain()
  const work = `${to}.${process.pid}`
  try {
    mkdirSync(work, { recursive: true })
    const tensorflow = await obtainTensorflow(options, work, say)
    const inside = options.tensorflow === undefined
    const libraries = inside ? '$ORIGIN/tensorflow' : tensorflow.folder
    say(
      `compiling the addon of @tensorflow/tfjs-node ${tfjsNodeVersion} with ${toolchain.compiler}`,
    )
    const addon = join(work, addonFile)
    await compileAddon(toolchain, tensorflow.folder, libraries, addon)
    const { version, usesGpu } = await tryAddon(addon)
    const build: TensorflowBuild = {
      tfjsNode: tfjsNodeVersion,
      tensorflow: version,
      gpu: tensorflow.gpu,
    }
    writeFileSync(join(work, buildFile), `${JSON.stringify(build, null, 2)}\n`)
    if (inside) rmSync(join(work, 'tensorflow', 'include'), { recursive: true })
    rmSync(join(work, 'wheel'), { recursive: true, force: true })
    replace(to, work)
    say(`TensorFlow ${version} starts on the ${usesGpu ? 'GPU' : 'CPU'}; written to ${to}`)
    if (options.gpu && !usesGpu) say("no GPU here that it can use: see NVIDIA's nvidia-smi")
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function checkPlatform(): void {
  const { platform, arch } = process
  const elsewhere =
    'install the older binary with its script (npm install @tensorflow/tfjs-node@4.22.0), or use another backend'
  if (platform !== 'linux' || arch !== 'x64') {
    throw new Error(`llm-tensorflow: expected Linux x64, got ${platform} ${arch}: ${elsewhere}`)
  }
  const report: { header?: { glibcVersionRuntime?: string } } = Object(process.report.getReport())
  if (report.header?.glibcVersionRuntime === undefined) {
    throw new Error(`llm-tensorflow: expected a Linux with glibc, got one without: ${elsewhere}`)
  }
}

/** Loads the addon in a process of its own: a library that cannot be loaded may end the process. */
async function tryAddon(addon: string): Promise<{ version: string; usesGpu: boolean }> {
  const code =
    'const b = require(process.argv[1]); console.log(JSON.stringify({ version: b.TF_Version, usesGpu: b.isUsingGpuDevice() }))'
  const output = await runProgram(process.execPath, ['-e', code, addon], {
    missing: '',
    env: { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' },
  })
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}

function replace(to: string, work: string): void {
  const old = `${to}.old.${process.pid}`
  mkdirSync(dirname(to), { recursive: true })
  if (existsSync(to)) renameSync(to, old)
  renameSync(work, to)
  rmSync(old, { recursive: true, force: true })
}
