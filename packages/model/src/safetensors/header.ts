/** Bytes per element of every dtype that the format defines as whole bytes. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
}

/** The format's own limit. A larger number at the start of a file is not a header length. */
export const maxHeaderBytes = 100_000_000

/** Where one tensor lies: `begin` and `end` count bytes from the end of the header. */
export interface TensorEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly metadata: ReadonlyMap<string, string>
  readonly entries: ReadonlyMap<string, TensorEntry>
}

/**
 * Reads and checks the JSON header: known dtypes, sizes that equal the shapes, and tensors that fill the file's `dataBytes` without
 * a gap, an overlap or a byte left over, which also finds most duplicate names.
 *
 * @throws RangeError that names the tensor and what is wrong with it.
 */
export function parseHeader(json: string, dataBytes: number): Header {
  const header = parseJson(json)
  const metadata = new Map<string, string>()
  const entries = new Map<string, TensorEntry>()
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(
        isRecord(value) ? value : fail('metadata', 'a record', value),
      )) {
        metadata.set(
          key,
          typeof text === 'string' ? text : fail(`metadata ${quote(key)}`, 'a string', text),
        )
      }
    } else {
      entries.set(name, parseEntry(quote(name), value))
    }
  }
  checkCoverage(entries, dataBytes)
  return { metadata, entries }
}

function parseJson(json: string): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(json)
  } catch (cause) {
    throw new RangeError('safetensors: expected a JSON header, got something that does not parse', {
      cause,
    })
  }
  return isRecord(header) ? header : fail('header', 'a JSON record', header)
}

function parseEntry(name: string, value: unknown): TensorEntry {
  if (!isRecord(value)) return fail(name, 'a record', value)
  const { dtype, shape, data_offsets: offsets } = value
  const bytes =
    typeof dtype === 'string' && Object.hasOwn(elementBytes, dtype) ? elementBytes[dtype]! : 0
  if (typeof dtype !== 'string' || bytes === 0)
    return fail(name, `a dtype among ${Object.keys(elementBytes).join(' ')}`, dtype)
  if (!isCounts(shape)) return fail(name, 'a shape of whole numbers', shape)
  if (!isCounts(offsets) || offsets.length !== 2) return fail(name, 'two data_offsets', offsets)
  const [begin, end] = offsets
  const size = shape.reduce((product, n) => product * n, bytes)
  if (begin === undefined || end === undefined || end - begin !== size) {
    return fail(name, `data_offsets that span the ${size} bytes of ${dtype} [${shape}]`, offsets)
  }
  return { dtype, shape, begin, end }
}

function checkCoverage(entries: ReadonlyMap<string, TensorEntry>, dataBytes: number): void {
  let at = 0
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== at)
      fail(quote(name), `the tensor to begin at byte ${at}, where the one before it ends`, begin)
    at = end
  }
  if (at !== dataBytes) {
    throw new RangeError(
      `safetensors: expected ${at} bytes of tensors after the header, got ${dataBytes}; the file is cut off or has been added to`,
    )
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names come from the file: shortened and escaped before they reach a terminal. */
function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name)
}

function fail(what: string, expected: string, got: unknown): never {
  throw new RangeError(
    `safetensors: ${what}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 80)}`,
  )
}
