/** A record of outside data. */
export type Json = Readonly<Record<string, unknown>>

/** Throws about something in the file at `where`. */
export function fail(where: string, expected: string, got: unknown, wayOut = ''): never {
  throw new RangeError(
    `loadTokenizer: ${where}: expected ${expected}, got ${show(got)}${wayOut === '' ? '' : `; ${wayOut}`}`,
  )
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function record(value: unknown, where: string): Json {
  return isRecord(value) ? value : fail(where, 'an object', value)
}

export function list(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(where, 'an array', value)
}

export function string(value: unknown, where: string): string {
  return typeof value === 'string' ? value : fail(where, 'a string', value)
}

/** A setting that this package cannot honour must be absent, null, or one of the values that switch it off. */
export function unsupported(value: unknown, where: string, off: readonly unknown[] = []): void {
  if (value === undefined || value === null || off.includes(value)) return
  fail(
    where,
    off.length === 0 ? 'null' : `null or ${off.map(show).join(' or ')}`,
    value,
    'this part of the pipeline is not supported',
  )
}

function show(value: unknown): string {
  if (isRecord(value) && typeof value.type === 'string')
    return `type ${JSON.stringify(value.type).slice(0, 60)}`
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
