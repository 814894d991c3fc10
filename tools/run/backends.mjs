// The backends that the tests run on.
import { join } from 'node:path'
import { run, say } from './process.mjs'
import { root } from './root.mjs'
import { softwareVulkan } from './vulkan.mjs'

/**
 * Says which backends cannot start here and are not tested. In CI, where WebGPU has to be, a software driver is fetched for it.
 * @returns {Promise<Record<string, string>>} the environment for the tests
 */
export async function prepareBackends() {
  const env = process.env.CI ? await softwareVulkan() : {}
  const started = performance.now()
  let output = ''
  await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(root, 'packages', 'tensor'),
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
    onOutput: (text) => {
      output += text
    },
  })
  for (const line of output.trim().split('\n').filter(Boolean)) {
    say('backend', line, performance.now() - started)
  }
  return env
}

const script = `
  import { backends } from '@llm/tensor'
  for (const { name, device, available, reason } of await backends()) {
    const [first] = reason.split(/[.;]\\s|\\n/)
    if (!available) console.log(name + ' (' + device + ') is not tested: ' + first)
  }
`
