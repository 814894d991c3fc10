import type { Random } from '@llm/data/random'

/** A random text: letters of all scripts, runs, control characters, halves of pairs, or words. */
export function randomText(numbers: Random, most = 200): string {
  const kinds = [
    () => 32 + numbers.integer(95),
    () => 97 + numbers.integer(26),
    () => 32,
    () => numbers.integer(0x250),
    () => numbers.integer(0x3000),
    () => 0x4e00 + numbers.integer(0x5000),
    () => 0xac00 + numbers.integer(0x2ba4),
    () => 0xd800 + numbers.integer(0x800),
    () => 0xe000 + numbers.integer(0x2000),
    () => 0x10000 + numbers.integer(0x22000),
    () => 0x1f300 + numbers.integer(0x700),
    () => 0xe0000 + numbers.integer(0x200),
    () => [9, 10, 13, 39, 0x85, 0xa0, 0x200d, 0x3000, 0xfeff, 0x2581][numbers.integer(10)] ?? 0,
  ]
  const length = numbers.integer(most + 1)
  let text = ''
  while (text.length < length) {
    const kind = kinds[numbers.integer(kinds.length)]
    const point = kind?.() ?? 0
    const times = numbers.integer(12) === 0 ? 1 + numbers.integer(most) : 1 + numbers.integer(6)
    // A run of one character, or several of one kind.
    if (numbers.integer(3) === 0) text += String.fromCodePoint(point).repeat(times)
    else for (let i = 0; i < times; i++) text += String.fromCodePoint(kind?.() ?? 0)
  }
  return text
}

export function randomBytes(numbers: Random, most = 200): Uint8Array {
  const bytes = new TextEncoder().encode(randomText(numbers, most))
  const changes = numbers.integer(6)
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    bytes[numbers.integer(bytes.length)] = numbers.integer(256)
  }
  return bytes.subarray(0, numbers.integer(bytes.length + 1))
}

/** What every tokenizer takes a text for: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))
}
