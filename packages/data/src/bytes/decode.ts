import { isUtf8 } from 'node:buffer'

/**
 * Decodes UTF-8 strictly: a byte that does not belong is an error, never U+FFFD. A byte order mark is kept.
 *
 * @throws when the bytes are not UTF-8, naming the offset of the first byte that does not fit.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) {
    throw new Error(`expected UTF-8, got other bytes at offset ${firstWrongByte(bytes)}`)
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** The same bytes without a UTF-8 byte order mark in front. */
export function withoutBom(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return marked ? bytes.subarray(3) : bytes
}

function firstWrongByte(bytes: Uint8Array): number {
  let valid = 0
  let wrong = bytes.length
  while (wrong - valid > 1) {
    const middle = (valid + wrong) >>> 1
    if (isUtf8Prefix(bytes.subarray(0, middle))) valid = middle
    else wrong = middle
  }
  return valid
}

/** True when the bytes are UTF-8, perhaps cut inside the last character. */
function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
