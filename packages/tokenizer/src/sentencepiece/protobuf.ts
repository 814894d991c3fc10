/** One field of a protobuf message: a number (varint), or bytes (text, messages, and numbers of fixed width). */
export interface Field {
  readonly number: number
  /** Low 32 bits, signed, of a varint; 0 for bytes. */
  readonly value: number
  /** Content of a field that is not a varint. */
  readonly bytes: Uint8Array | undefined
  /** The field as it stands in the message, tag included. */
  readonly raw: Uint8Array
}

/**
 * The fields of a message, in order.
 *
 * @throws RangeError at the offset where the bytes are not protobuf.
 */
export function* readFields(message: Uint8Array, where: string): Generator<Field> {
  let at = 0

  function varint(): number {
    let low = 0
    for (let i = 0; i < 10; i++) {
      const byte = message[at++]
      if (byte === undefined) break
      if (i < 5) low |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) return low
    }
    return damaged('a number')
  }

  function damaged(expected: string): never {
    throw new RangeError(
      `loadTokenizer: ${where}: expected ${expected} before byte ${Math.min(at, message.length)}; the file is damaged, or no SentencePiece model`,
    )
  }

  function take(length: number): Uint8Array {
    if (length < 0 || length > message.length - at) damaged(`${length >>> 0} more bytes`)
    at += length
    return message.subarray(at - length, at)
  }

  while (at < message.length) {
    const start = at
    const tag = varint() >>> 0
    const number = tag >>> 3
    if (number === 0) damaged('a field number')
    let value = 0
    let bytes: Uint8Array | undefined
    switch (tag & 7) {
      case 0:
        value = varint()
        break
      case 1:
        bytes = take(8)
        break
      case 2:
        bytes = take(varint())
        break
      case 5:
        bytes = take(4)
        break
      default:
        damaged('a field of a known type')
    }
    yield { number, value, bytes, raw: message.subarray(start, at) }
  }
}

/** A protobuf message under construction. */
export class MessageWriter {
  #bytes = new Uint8Array(64)
  #length = 0

  /** An integer, enum or boolean. Negative ones take ten bytes, as protobuf wants it. */
  integer(number: number, value: number | boolean): void {
    this.#varint(number * 8)
    const whole = Number(value)
    if (whole >= 0) {
      this.#varint(whole)
      return
    }
    let rest = BigInt.asUintN(64, BigInt(whole))
    while (rest >= 128n) {
      this.#byte(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.#byte(Number(rest))
  }

  float(number: number, value: number): void {
    this.#varint(number * 8 + 5)
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    this.append(bytes)
  }

  /** Text or bytes. */
  bytes(number: number, value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
    this.#varint(number * 8 + 2)
    this.#varint(bytes.length)
    this.append(bytes)
  }

  /** Fields that are written already. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#byte((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    this.#byte(rest)
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#length + count, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
