import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, extname, join } from 'node:path'

/** Chromium or Chrome of this machine; undefined where there is none. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [process.env.CHROME_PATH ?? '', ...found].find((path) => path !== '' && existsSync(path))
}

/**
 * Opens a built page in a headless browser and waits for what it posts to `report`.
 *
 * @param folders where the server looks for files, first to last
 * @throws Error if the browser ends before, or nothing comes within two minutes
 */
export async function openPage(
  browser: string,
  folders: readonly string[],
  flags: readonly string[],
): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'))
  let receive: (body: string) => void = () => {}
  const report = new Promise<string>((resolve) => {
    receive = resolve
  })
  const server = await serve(folders, receive)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  const child = spawn(
    browser,
    [
      '--headless=new',
      '--no-sandbox',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      ...quiet,
      ...flags,
      `http://localhost:${port}/index.html`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = closed.then(() => {
    throw new Error(`the browser ended without a report: ${log.slice(-2000)}`)
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no report came: ${log.slice(-2000)}`)), 120_000)
  })
  try {
    return JSON.parse(await Promise.race([report, ended, late]))
  } finally {
    clearTimeout(timer)
    child.kill()
    await closed
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

async function serve(folders: readonly string[], receive: (body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'POST') {
      let body = ''
      request.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      request.on('end', () => {
        response.end()
        receive(body)
      })
      return
    }
    const file = folders.map((folder) => join(folder, pathname)).find((path) => existsSync(path))
    if (file === undefined) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
