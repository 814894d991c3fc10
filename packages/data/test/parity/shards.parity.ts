// Shards that writeJsonl and writeParquet write, read by Python and pyarrow (tools/parity-requirements.txt).
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type Document, writeJsonl, writeParquet } from '../../src/index.js'

const script = fileURLToPath(new URL('./read-shards.py', import.meta.url))

const documents: Document[] = Array.from({ length: 3000 }, (_, i) => ({
  id: `d${i}`,
  text: `${i % 7 === 0 ? 'Zwölf 東京 \u{1f600} \u0000\r\n' : ''}${'words '.repeat(i % 50)}`,
  ...(i % 3 === 0 && { url: `https://example.org/${i}`, mediaType: 'text/html' }),
  ...(i % 5 === 0 && { license: '', source: 'a/b.html' }),
  ...(i % 2 === 0 && { metadata: { n: i / 8, deep: { list: [null, true, 'é'] } } }),
}))

test.each(['jsonl none', 'jsonl gzip', 'parquet none', 'parquet snappy', 'parquet gzip'])(
  'Python reads %s',
  async (name) => {
    const directory = await mkdtemp(join(tmpdir(), 'shards-'))
    try {
      const [format, compression] = name.split(' ')
      const options = { shardBytes: 100_000 }
      if (format === 'jsonl') {
        const codec = compression === 'gzip' ? 'gzip' : 'none'
        await writeJsonl(documents, directory, { ...options, compression: codec })
      } else {
        const codec = compression === 'gzip' ? 'gzip' : compression === 'none' ? 'none' : 'snappy'
        await writeParquet(documents, directory, { ...options, compression: codec })
      }
      const { stdout } = await promisify(execFile)('python', [script, directory], {
        maxBuffer: 2 ** 28,
      })
      expect(JSON.parse(stdout)).toEqual(documents)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
)
