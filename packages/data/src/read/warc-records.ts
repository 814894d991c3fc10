import { ByteReader } from '../bytes/byte-reader.js'

/** One record of a WARC file. */
export interface WarcRecord {
  /** Counted from 1. */
  readonly number: number
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  /** The block; absent when it was longer than asked for or not wanted. */
  readonly body?: Uint8Array
}

interface WarcOptions {
  /** The longest block to keep. */
  readonly maxBytes: number
  /** Whether a record's block is wanted, by its headers. */
  readonly wanted: (headers: ReadonlyMap<string, string>) => boolean
  /** Takes note of the record being read. */
  readonly onRecord: (number: number) => void
  /** Called for a broken record; comes back when reading should go on. */
  readonly onBroken: (number: number, problem: string) => void
}

const longestHeader = 2 ** 16
const versionLine = Buffer.from('WARC/')

/**
 * The records of an uncompressed WARC or WET stream. A record is given out only after the two line ends that must follow its
 * block were seen, so a wrong Content-Length is noticed; reading then goes on at the next line that starts with `WARC/`.
 * At most `maxBytes` plus a header are held.
 *
 * Format: ISO 28500 (WARC/1.0, WARC/1.1).
 */
export async function* warcRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: WarcOptions,
): AsyncGenerator<WarcRecord> {
  const reader = new ByteReader(chunks)
  try {
    for (let number = 1; ; number++) {
      options.onRecord(number)
      if (!(await toContent(reader))) return
      const result = await readRecord(reader, number, options)
      if (typeof result !== 'string') yield result
      else {
        options.onBroken(number, result)
        await toNextRecord(reader)
      }
    }
  } finally {
    await reader.close()
  }
}

/** A record, or what is wrong with it. */
async function readRecord(
  reader: ByteReader,
  number: number,
  { maxBytes, wanted }: WarcOptions,
): Promise<WarcRecord | string> {
  const head = await reader.takeUpTo(longestHeader)
  const end = headerEnd(head)
  if (end === -1 && head.length < longestHeader) {
    // Where the header stops because the compression broke, this is the error to report.
    reader.unread(head)
    await reader.take(longestHeader)
  }
  if (end === -1 || !startsRecord(head)) {
    // One byte on, or the search for the next record would find this one again.
    reader.unread(head.subarray(1))
    return startsRecord(head)
      ? `expected a record header of at most ${longestHeader} bytes, got no end`
      : 'expected a line with WARC/1.0 or WARC/1.1, got other bytes'
  }
  reader.unread(head.subarray(end))
  const headers = parseHeaders(head.subarray(0, end))
  const length = headers.get('content-length') ?? 'none'
  if (!/^\d{1,15}$/.test(length)) return `expected a Content-Length, got ${length.slice(0, 40)}`

  const bytes = Number(length)
  if (bytes > maxBytes || !wanted(headers)) {
    const skipped = await reader.skip(bytes)
    if (skipped < bytes) return `unexpected end of file: Content-Length ${bytes}, got ${skipped}`
    if (!(await endsRecord(reader))) return lengthProblem(bytes)
    return { number, headers }
  }
  const body = await reader.take(bytes)
  if (body.length < bytes) {
    reader.unread(body)
    return `unexpected end of file: Content-Length ${bytes}, got ${body.length}`
  }
  if (await endsRecord(reader)) return { number, headers, body }
  reader.unread(body)
  return lengthProblem(bytes)
}

/** Header fields by lower-case name, the first line left out; of a field given twice the first counts. @internal */
export function parseHeaders(block: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>()
  const lines = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
    .toString('utf8')
    .split('\n')
  let name = ''
  for (const line of lines.slice(1)) {
    if (/^[ \t]/.test(line) && name !== '') {
      headers.set(name, `${headers.get(name) ?? ''} ${line.trim()}`)
      continue
    }
    const colon = line.indexOf(':')
    if (colon === -1) continue
    name = line.slice(0, colon).trim().toLowerCase()
    if (headers.has(name)) name = ''
    else headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

/** Where the body starts after the blank line, -1 when there is none. @internal */
export function headerEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
  }
  return -1
}

function lengthProblem(bytes: number): string {
  return `expected two line ends after the block of Content-Length ${bytes}, got other bytes`
}

/** True when the block just read is followed by two line ends, or by the end of the file. */
async function endsRecord(reader: ByteReader): Promise<boolean> {
  const next = await reader.take(4)
  const text = Buffer.from(next).toString('latin1')
  if (text === '\r\n\r\n' || text === '') return true
  // Some writers end lines with \n alone; what follows must be a record or nothing.
  if (text === '\r\n' || text === '\n\n' || text === '\n') return true
  if (text === '\n\nWA') {
    reader.unread(next.subarray(2))
    return true
  }
  reader.unread(next)
  return false
}

/** Passes over line ends; false at the end of the file. */
async function toContent(reader: ByteReader): Promise<boolean> {
  for (;;) {
    const some = await reader.takeSome(2 ** 16)
    if (some === undefined) return false
    const at = some.findIndex((byte) => byte !== 10 && byte !== 13)
    if (at !== -1) {
      reader.unread(some.subarray(at))
      return true
    }
  }
}

/** Passes over everything up to a line that starts with `WARC/`, or up to the end. */
async function toNextRecord(reader: ByteReader): Promise<void> {
  const mark = Buffer.from('\nWARC/')
  for (let first = true; ; first = false) {
    const window = await reader.takeUpTo(longestHeader)
    if (first && startsRecord(window)) {
      reader.unread(window)
      return
    }
    const at = Buffer.from(window.buffer, window.byteOffset, window.length).indexOf(mark)
    if (at !== -1) {
      reader.unread(window.subarray(at + 1))
      return
    }
    if (window.length < longestHeader) return
    // The mark may lie across the end of this window.
    reader.unread(window.subarray(window.length - mark.length + 1))
  }
}

function startsRecord(bytes: Uint8Array): boolean {
  return versionLine.every((byte, i) => bytes[i] === byte)
}
