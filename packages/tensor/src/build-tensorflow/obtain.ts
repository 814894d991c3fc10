import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { BuildOptions } from './options.js'
import { runProgram } from './run-program.js'
import { cudaRequirements, judgeVersion, packageOf, type TensorflowPackage } from './versions.js'

/** A TensorFlow on the disk. */
export interface Tensorflow extends TensorflowPackage {
  /** The folder with include/ and the libraries. */
  readonly folder: string
}

/**
 * Finds the TensorFlow that was asked for: an installed one, or out of a wheel, unpacked into `site`.
 *
 * @throws Error saying what is missing and how to get it
 */
export async function obtainTensorflow(
  options: BuildOptions,
  site: string,
  say: (line: string) => void,
): Promise<Tensorflow> {
  if (options.tensorflow !== undefined) return installed(resolve(options.tensorflow))
  const wheel = options.wheel === undefined ? await download(options, site, say) : options.wheel
  if (!existsSync(wheel)) throw new Error(`llm-tensorflow: no file ${wheel}`)
  const found = packageOf(basename(wheel))
  if (options.gpu && !found.gpu) {
    throw new Error(`llm-tensorflow: --gpu expects a wheel of tensorflow, got ${basename(wheel)}`)
  }
  say(`TensorFlow ${found.version}${judgeVersion(found.version)}, unpacking ${basename(wheel)}`)
  await python(options, ['-c', unpack, wheel, site])
  const folder = checked(join(site, 'tensorflow'))
  if (options.gpu) {
    const metadata = join(site, `${found.name}-${found.version}.dist-info`, 'METADATA')
    const requirements = cudaRequirements(readFileSync(metadata, 'utf8'))
    say(`NVIDIA's libraries: ${requirements.length} packages from PyPI`)
    // Beside the folder tensorflow, where TensorFlow's libraries look for them.
    await pip(options, ['install', '--quiet', '--target', site, ...requirements])
  }
  return { ...found, folder }
}

async function download(
  options: BuildOptions,
  site: string,
  say: (line: string) => void,
): Promise<string> {
  const name = options.gpu ? 'tensorflow' : 'tensorflow-cpu'
  const remark = judgeVersion(options.version)
  say(`fetching ${name} ${options.version}${remark} from PyPI`)
  const folder = join(site, 'wheel')
  // Only its C library is used: the wheel of any Python does, and this one exists for every version from the oldest on.
  const target = ['--implementation', 'cp', '--python-version', '3.12', '--abi', 'cp312']
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux_2_27_x86_64']
  await pip(options, [
    ...['download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder],
    ...target,
    ...platforms.flatMap((platform) => ['--platform', platform]),
    `${name}==${options.version}`,
  ])
  const [wheel] = readdirSync(folder).filter((file) => file.endsWith('.whl'))
  if (wheel === undefined) throw new Error(`llm-tensorflow: pip fetched no wheel of ${name}`)
  return join(folder, wheel)
}

function installed(folder: string): Tensorflow {
  const parent = dirname(checked(folder))
  const [info] = readdirSync(parent).filter((name) =>
    /^tensorflow(_cpu)?-[^-]+\.dist-info$/.test(name),
  )
  if (info === undefined) {
    throw new Error(`llm-tensorflow: expected tensorflow-<version>.dist-info beside ${folder}`)
  }
  const found = packageOf(info)
  judgeVersion(found.version)
  return { ...found, folder }
}

function checked(folder: string): string {
  const needed = [
    'include/tensorflow/c/c_api.h',
    'libtensorflow_cc.so.2',
    'libtensorflow_framework.so.2',
  ]
  const missing = needed.filter((file) => !existsSync(join(folder, file)))
  if (missing.length === 0) return folder
  throw new Error(
    `llm-tensorflow: expected the Python package tensorflow in ${folder}, and ${missing.join(', ')} is not there`,
  )
}

async function pip(options: BuildOptions, args: readonly string[]): Promise<void> {
  await python(options, ['-m', 'pip', '--disable-pip-version-check', ...args])
}

async function python(options: BuildOptions, args: readonly string[]): Promise<void> {
  const missing =
    'install Python 3 with pip (on Debian: python3 python3-pip), or name one with --python'
  await runProgram(options.python, args, { missing })
}

/** Only what is compiled and linked: a third of the wheel. */
const unpack = `
import sys, zipfile
wheel, site = sys.argv[1:]
with zipfile.ZipFile(wheel) as file:
    wanted = ("tensorflow/include/", "tensorflow/libtensorflow_")
    file.extractall(site, [n for n in file.namelist() if n.startswith(wanted) or n.endswith(".dist-info/METADATA")])
`
