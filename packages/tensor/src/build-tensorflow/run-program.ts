import { spawn } from 'node:child_process'

/**
 * Runs a program to its end.
 *
 * @returns what it printed
 * @throws Error with the end of its messages, and what to do where it is not there
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly missing: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  let [output, messages] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error(`${program} cannot be run (${error.message}): ${options.missing}`))
    })
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const end = `${output}\n${messages}`.trim().split('\n').slice(-20).join('\n')
      reject(new Error(`${program} ${args[0] ?? ''} ended with ${code ?? signal}:\n${end}`))
    })
  })
}
