import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Document } from '@llm/data'
import { passages } from './passages.js'
import { type GoodSource, goodSources } from './sources.js'

/**
 * The books and speeches that ship inside installed npm packages, passage by passage, in a fixed order.
 *
 * @throws when one of the packages is not installed.
 */
export async function* goodText(
  sources: readonly GoodSource[] = goodSources,
  locate: (packageName: string) => string = installedFolder,
): AsyncGenerator<Document> {
  for (const source of sources) {
    const folder = join(locate(source.package), source.folder)
    const names = (await readdir(folder)).filter((name) => source.files.test(name)).sort()
    if (names.length === 0)
      throw new Error(`goodText: no file of ${source.package} matches ${source.files}`)
    for (const name of names) yield* documents(source, name, await readFile(join(folder, name)))
  }
}

function* documents(source: GoodSource, file: string, bytes: Uint8Array): Generator<Document> {
  const stem = file.replace(/\.txt$/, '')
  const place = stem === source.name ? source.name : `${source.name}/${stem}`
  for (const [index, text] of passages(decode(bytes), { form: source.form }).entries()) {
    yield {
      id: `good:${place}#${String(index + 1).padStart(4, '0')}`,
      text,
      mediaType: 'text/plain',
      source: `${source.package}/${source.folder}/${file}`,
      license: source.license,
      metadata: { kind: 'good text', package: source.package, work: source.name },
    }
  }
}

/** Old plain-text books are UTF-8 or Latin-1, and do not say which. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function installedFolder(packageName: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  } catch (error) {
    throw new Error(
      `goodText: ${packageName} is not installed; run \`npm start\` in the root folder`,
      {
        cause: error,
      },
    )
  }
}
