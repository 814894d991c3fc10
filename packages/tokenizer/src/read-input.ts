import type { Stretch } from './added-tokens/cut-added.js'
import type { Policy } from './added-tokens/policy.js'
import type { EncodeInput, EncodeOptions, SpecialTokenPolicy, TextPart } from './types.js'
import { utf8End } from './utf8.js'

/** An input as one text. */
export interface Source {
  readonly text: string
  readonly stretches: readonly Stretch[]
  /** Bytes that are not UTF-8: `text` has one U+FFFD for each that is part of no character. */
  readonly broken?: BrokenUtf8
  /** What was not UTF-8 is lost. */
  readonly lossy?: boolean
}

export interface BrokenUtf8 {
  readonly bytes: Uint8Array
  /** Which units of the text stand for such a byte, in order. */
  readonly units: readonly number[]
}

type ReadBytes = (bytes: Uint8Array) => Omit<Source, 'stretches'>

/**
 * Makes the reader of inputs. `lossless` says that bytes that are not UTF-8 can be encoded as they are.
 * @throws TypeError from the function, for an input that is none; the message begins with its first argument.
 */
export function inputReader(
  policyOf: (options: SpecialTokenPolicy) => Policy,
  lossless: boolean,
): (name: string, input: EncodeInput, options: EncodeOptions) => Source {
  const readBroken: ReadBytes = lossless ? readExactly : readLossy

  return (name, input, options) => {
    if (typeof input === 'string') return whole(input, policyOf(options))
    if (input instanceof Uint8Array) {
      const source = readUtf8(input) ?? readBroken(input)
      return { ...source, stretches: [{ end: source.text.length, policy: policyOf(options) }] }
    }
    if (!Array.isArray(input)) {
      const got = input === null ? 'null' : typeof input
      throw new TypeError(`${name}: expected a string, bytes or parts, got ${got}`)
    }
    return readParts(name, input, options, policyOf)
  }
}

function readParts(
  name: string,
  parts: readonly TextPart[],
  options: EncodeOptions,
  policyOf: (options: SpecialTokenPolicy) => Policy,
): Source {
  let end = 0
  const stretches = parts.map((part, i) => {
    if (typeof part?.text !== 'string') {
      throw new TypeError(
        `${name}: expected parts { text } with a string, got ${typeof part?.text} at index ${i}`,
      )
    }
    const {
      allowedSpecial = options.allowedSpecial,
      disallowedSpecial = options.disallowedSpecial,
    } = part
    end += part.text.length
    return {
      end,
      policy: policyOf({
        ...(allowedSpecial !== undefined && { allowedSpecial }),
        ...(disallowedSpecial !== undefined && { disallowedSpecial }),
      }),
    }
  })
  if (stretches.length === 0) return whole('', undefined)
  return { text: parts.map(({ text }) => text).join(''), stretches }
}

function whole(text: string, policy: Policy): Source {
  return { text, stretches: [{ end: text.length, policy }] }
}

/** Undefined when the bytes are not UTF-8. */
function readUtf8(bytes: Uint8Array): ReturnType<ReadBytes> | undefined {
  try {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes) }
  } catch {
    return undefined
  }
}

function readLossy(bytes: Uint8Array): ReturnType<ReadBytes> {
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), lossy: true }
}

function readExactly(bytes: Uint8Array): ReturnType<ReadBytes> {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  const texts: string[] = []
  const units: number[] = []
  let unit = 0
  for (let at = 0; ; at++) {
    const stop = utf8End(bytes, at)
    const text = utf8.decode(bytes.subarray(at, stop))
    texts.push(text)
    unit += text.length
    at = stop
    if (at === bytes.length) break
    texts.push('\ufffd')
    units.push(unit++)
  }
  return { text: texts.join(''), broken: { bytes, units } }
}
