import { type Json, record } from './check.js'
import type { FileSettings, JsonObject, PartJson } from './format.js'

/** Reads what of a tokenizer.json is kept only. */
export function readSettings(file: Json, postProcessor: PartJson | null): FileSettings {
  return {
    truncation: readObject(file.truncation, 'truncation'),
    padding: readObject(file.padding, 'padding'),
    postProcessor,
  }
}

function readObject(value: unknown, where: string): JsonObject | null {
  return value === undefined || value === null ? null : record(value, where)
}
