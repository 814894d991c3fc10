import { fail, type Json } from './check.js'

// The settings of a part, checked; `absent` is what an older file without the setting means.

/** True or false. */
export function flag(part: Json, key: string, where: string, absent?: boolean): boolean {
  const value = part[key] ?? absent
  return typeof value === 'boolean' ? value : fail(`${where}.${key}`, 'true or false', value)
}

export function text(part: Json, key: string, where: string, absent?: string): string {
  const value = part[key] ?? absent
  return typeof value === 'string' ? value : fail(`${where}.${key}`, 'a string', value)
}

/** Text of one code point. */
export function character(part: Json, key: string, where: string): string {
  const value = text(part, key, where)
  return [...value].length === 1 ? value : fail(`${where}.${key}`, 'one character', value)
}

/** A whole number from 0, or from `least`. */
export function count(part: Json, key: string, where: string, least = 0): number {
  const value = part[key]
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= least
  return isCount ? value : fail(`${where}.${key}`, `a whole number from ${least}`, value)
}

/** One of some names. */
export function choice<Name extends string>(
  part: Json,
  key: string,
  where: string,
  names: readonly Name[],
  absent?: Name,
): Name {
  const value = part[key] ?? absent
  return (
    names.find((name) => name === value) ??
    fail(`${where}.${key}`, names.map((name) => `"${name}"`).join(' or '), value)
  )
}
