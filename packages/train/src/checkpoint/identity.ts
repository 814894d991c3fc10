import type { Json, RunState } from './run-state.js'

/**
 * Refuses to continue a run of other settings.
 *
 * @throws RangeError that lists what differs, the checkpoint's value first.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { checkIdentity } = await import('./identity.js')
 * checkIdentity('run/', { seed: 1, config: { width: 8 } }, { config: { width: 8 }, seed: 1 })
 * expect(() => checkIdentity('run/', { config: { width: 8 } }, { config: { width: 16 } })).toThrow('config.width: 8, now 16')
 * ```
 */
export function checkIdentity(
  folder: string,
  saved: RunState['identity'],
  current: RunState['identity'],
): void {
  const [before, now] = [leaves(saved), leaves(current)]
  const differences = [...new Set([...before.keys(), ...now.keys()])]
    .filter((path) => before.get(path) !== now.get(path))
    .map((path) => `${path}: ${before.get(path) ?? 'absent'}, now ${now.get(path) ?? 'absent'}`)
  if (differences.length > 0) {
    throw new RangeError(
      `loadCheckpoint: expected a checkpoint of this run in ${folder}, got one with other settings (${differences.join('; ')}); train with its settings, or in another directory`,
    )
  }
}

function leaves(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value)]])
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [
      ...leaves(part, path === '' ? name : `${path}.${name}`),
    ]),
  )
}
