/** What the first 256 bytes of a token file say. */
export interface TokenFileHeader {
  /** Version of the layout: 1. */
  readonly version: number
  /** Bits per id: 16 when `vocabularySize` is at most 65,536, else 32. */
  readonly width: 16 | 32
  /** Every id is below it. */
  readonly vocabularySize: number
  /** Names the tokenizer that made the ids, so that a model is not trained with one and read with another. */
  readonly tokenizerHash: string
  /** Names the text that the ids were made from; absent when the writer was not told. */
  readonly corpusHash?: string
  readonly documents: number
  /** Number of ids, ends of documents included. */
  readonly tokens: number
  /** The id that stands between documents; absent when nothing does. */
  readonly endOfDocument?: number
}

export const headerBytes = 256

const magic = 'LLMTOKEN'
const version = 1
const hashBytes = 80
const none = 0xffffffff

/** The header as bytes; the layout is in the docstring of `writeTokenFile`. */
export function encodeHeader(header: TokenFileHeader): Uint8Array {
  const bytes = Buffer.alloc(headerBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt32LE(header.version, 8)
  bytes.writeUInt32LE(header.width, 12)
  bytes.writeUInt32LE(header.vocabularySize, 16)
  bytes.writeUInt32LE(header.endOfDocument ?? none, 20)
  bytes.writeBigUInt64LE(BigInt(header.documents), 24)
  bytes.writeBigUInt64LE(BigInt(header.tokens), 32)
  bytes.write(header.tokenizerHash, 40, 'latin1')
  bytes.write(header.corpusHash ?? '', 120, 'latin1')
  return bytes
}

/**
 * Reads a header and checks every field, and that a file of `fileBytes` bytes is exactly what the header describes.
 * @throws Error that names the file and the field
 */
export function decodeHeader(bytes: Uint8Array, fileBytes: number, path: string): TokenFileHeader {
  const fail = (expected: string, got: unknown): never => {
    throw new Error(`openTokenFile: expected ${expected}, got ${got} in ${path}`)
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.length < headerBytes) {
    fail(`a token file of at least ${headerBytes} bytes`, `${view.length} bytes`)
  }
  const found = view.toString('latin1', 0, 8)
  if (found !== magic) {
    fail(
      `the magic ${magic} (importNanoGpt and importLlmC convert other files)`,
      JSON.stringify(found),
    )
  }
  const foundVersion = view.readUInt32LE(8)
  if (foundVersion !== version) fail(`version ${version}`, foundVersion)

  const vocabularySize = view.readUInt32LE(16)
  if (vocabularySize === 0) fail('a vocabulary size of at least 1', 0)
  const width = widthFor(vocabularySize)
  if (view.readUInt32LE(12) !== width) {
    fail(`${width} bits per id for ${vocabularySize} ids`, view.readUInt32LE(12))
  }
  const endOfDocument = view.readUInt32LE(20)
  if (endOfDocument !== none && endOfDocument >= vocabularySize) {
    fail(`an end-of-document id below ${vocabularySize}`, endOfDocument)
  }
  for (const at of [40, 120]) {
    const hash = hashAt(view, at)
    if (!/^[!-~]*$/.test(hash)) fail('a hash of printable ASCII characters', JSON.stringify(hash))
  }
  const documents = Number(view.readBigUInt64LE(24))
  const tokens = Number(view.readBigUInt64LE(32))
  const header: TokenFileHeader = {
    version,
    width,
    vocabularySize,
    tokenizerHash: hashAt(view, 40),
    ...(view[120] !== 0 && { corpusHash: hashAt(view, 120) }),
    documents,
    tokens,
    ...(endOfDocument !== none && { endOfDocument }),
  }
  const size = boundariesStart(header) + 8 * documents
  if (size !== fileBytes) {
    fail(`${size} bytes for ${tokens} tokens and ${documents} documents`, `${fileBytes} bytes`)
  }
  return header
}

/** Where the table of document ends begins: after the ids, at a multiple of 8 bytes. */
export function boundariesStart({
  tokens,
  width,
}: Pick<TokenFileHeader, 'tokens' | 'width'>): number {
  return Math.ceil((headerBytes + (tokens * width) / 8) / 8) * 8
}

export function widthFor(vocabularySize: number): 16 | 32 {
  return vocabularySize <= 65_536 ? 16 : 32
}

/** The part of the header that is known before the first document. */
export type TokenFileInputs = Pick<
  TokenFileHeader,
  'vocabularySize' | 'tokenizerHash' | 'corpusHash' | 'endOfDocument'
>

/**
 * @throws RangeError if a number is out of range
 * @throws TypeError if a hash is not 1 to 80 printable ASCII characters
 */
export function checkInputs(caller: string, inputs: TokenFileInputs): void {
  const { vocabularySize, endOfDocument } = inputs
  if (!Number.isInteger(vocabularySize) || vocabularySize < 1 || vocabularySize >= none) {
    throw new RangeError(
      `${caller}: expected a vocabularySize from 1 to 2^32 - 2, got ${vocabularySize}`,
    )
  }
  if (
    endOfDocument !== undefined &&
    !(endOfDocument >>> 0 === endOfDocument && endOfDocument < vocabularySize)
  ) {
    throw new RangeError(
      `${caller}: expected an endOfDocument id below ${vocabularySize}, got ${endOfDocument}`,
    )
  }
  checkHash(caller, 'tokenizerHash', inputs.tokenizerHash)
  if (inputs.corpusHash !== undefined) checkHash(caller, 'corpusHash', inputs.corpusHash)
}

function checkHash(caller: string, name: string, hash: unknown): void {
  if (typeof hash !== 'string' || hash.length > hashBytes || !/^[!-~]+$/.test(hash)) {
    throw new TypeError(
      `${caller}: expected a ${name} of 1 to ${hashBytes} printable ASCII characters, got ${JSON.stringify(hash)}`,
    )
  }
}

function hashAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + hashBytes).split('\0', 1)[0]!
}
