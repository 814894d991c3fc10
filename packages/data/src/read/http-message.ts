import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { headerEnd, parseHeaders } from './warc-records.js'

/** An HTTP response as it was sent, taken apart. */
export interface HttpMessage {
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  /** The body with chunks joined and compression undone. */
  readonly body: Uint8Array
}

/**
 * Parses an HTTP response kept by a crawler: joins chunked transfer coding and undoes gzip, deflate and brotli. A body that
 * is evidently no longer coded, as crawlers store it, is taken as it is.
 *
 * Format: RFC 9112 (chunks), RFC 9110 section 8.4 (content codings).
 *
 * @param maxBytes the longest body to make.
 * @param truncated true when the crawler cut the body short: what can be decoded is.
 * @throws on a block without HTTP header and on a body that cannot be decoded or is longer than `maxBytes`.
 */
export function parseHttp(block: Uint8Array, maxBytes: number, truncated = false): HttpMessage {
  const end = headerEnd(block)
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(latin1(block.subarray(0, 20)))?.[1]
  if (end === -1 || status === undefined) {
    throw new Error('expected an HTTP response, got other bytes')
  }
  const headers = parseHeaders(block.subarray(0, end))
  let body = block.subarray(end)
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) body = joinChunks(body, truncated)
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',')
  for (const coding of codings.slice(0, 4).reverse()) {
    body = decompress(body, coding.trim(), maxBytes, truncated)
  }
  return { status: Number(status), headers, body }
}

function joinChunks(body: Uint8Array, truncated: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 0
  for (;;) {
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n/i.exec(
      latin1(body.subarray(at, at + 300)),
    )
    // Crawlers often keep the header and store the body joined.
    if (size === null && at === 0) return body
    const start = at + (size?.[0].length ?? 0)
    const stop = start + Number.parseInt(size?.[1] ?? '', 16)
    if (stop === start) return Buffer.concat(parts)
    if (!(stop <= body.length) || (body[stop] !== 13 && body[stop] !== 10 && stop < body.length)) {
      if (at === 0 && !truncated) return body
      if (!truncated) throw new Error(`expected a chunk at byte ${at} of the body, got other bytes`)
      parts.push(body.subarray(start))
      return Buffer.concat(parts)
    }
    parts.push(body.subarray(start, stop))
    if (stop === body.length && truncated) return Buffer.concat(parts)
    at = stop + (body[stop] === 13 ? 2 : 1)
  }
}

function decompress(
  body: Uint8Array,
  coding: string,
  maxBytes: number,
  truncated: boolean,
): Uint8Array {
  const options = {
    maxOutputLength: maxBytes,
    ...(truncated && { finishFlush: constants.Z_SYNC_FLUSH }),
  }
  if (coding === '' || coding === 'identity' || body.length === 0) return body
  try {
    if (coding === 'gzip' || coding === 'x-gzip') {
      return body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body, options) : body
    }
    if (coding === 'deflate') {
      return isZlib(body) ? inflateSync(body, options) : inflateRawSync(body, options)
    }
    if (coding === 'br') {
      return brotliDecompressSync(body, {
        maxOutputLength: maxBytes,
        ...(truncated && { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
      })
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error(`expected at most ${maxBytes} bytes, got more`)
    throw new Error(`expected a body coded as ${coding}, got other bytes`, { cause })
  }
  throw new Error(`expected Content-Encoding gzip, deflate or br, got "${coding.slice(0, 40)}"`)
}

/** RFC 1950: method 8 and a header that is a multiple of 31; some servers send raw deflate instead. */
function isZlib(body: Uint8Array): boolean {
  const [method = 0, flags = 0] = body
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
