import { TextDecoder } from 'node:util'
import { decodeUtf8, withoutBom } from './decode.js'

/**
 * Decodes an HTML page strictly, in the encoding that its byte order mark, the `charset` it was sent with, or its own
 * `<meta>` names, in this order; UTF-8 when none does.
 *
 * WHATWG HTML, "determining the character encoding", without guessing; labels as in WHATWG Encoding.
 *
 * @param declared the label from a Content-Type header.
 * @param truncated true when the bytes may end inside a character, which is then left out.
 * @throws on an unknown label and on bytes that are not of that encoding.
 */
export function decodeHtml(bytes: Uint8Array, declared?: string, truncated = false): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode('utf-16be', bytes, truncated)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode('utf-16le', bytes, truncated)
  if (withoutBom(bytes) !== bytes) return decode('utf-8', bytes, truncated)
  return decode(declared ?? metaCharset(bytes) ?? 'utf-8', bytes, truncated)
}

/**
 * The `charset` parameter of a Content-Type.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { charsetOf } = await import('./charset.js')
 * expect(charsetOf('text/html; charset="Shift_JIS"')).toBe('Shift_JIS')
 * ```
 */
export function charsetOf(contentType: string): string | undefined {
  return /charset\s{0,20}=\s{0,20}["']?([^\s"';,>]{1,40})/i.exec(contentType)?.[1]
}

function decode(label: string, bytes: Uint8Array, truncated: boolean): string {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(label.trim(), { fatal: true })
  } catch {
    throw new Error(`expected a known character encoding, got "${label}"`)
  }
  if (decoder.encoding === 'utf-8' && !truncated) return decodeUtf8(withoutBom(bytes))
  if (decoder.encoding === 'windows-1252') return decodeWindows1252(bytes)
  try {
    return decoder.decode(bytes, { stream: truncated })
  } catch (cause) {
    throw new Error(`expected ${decoder.encoding}, got other bytes`, { cause })
  }
}

/** What `<meta charset>` or `<meta http-equiv content>` in the first 1024 bytes says. */
function metaCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024))
    .toString('latin1')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
  for (const [tag] of head.matchAll(/<meta[\s/][^>]{0,1000}>/gi)) {
    const label = charsetOf(tag)
    if (label === undefined) continue
    // The page could be read this far as ASCII, so it is not UTF-16, whatever it says.
    return /^utf-?16/i.test(label) ? 'utf-8' : label
  }
  return undefined
}

// Node 20 decodes windows-1252 (and with it iso-8859-1 and ascii) as if 0x80-0x9F were control characters.
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80] ?? c)
}
