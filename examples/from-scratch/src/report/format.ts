/** `12,345`: the same on every machine, whatever its locale. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `12.3 MB`, in powers of 1000. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB`
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`
}

/** `4.2 s`, `3 min 07 s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, '0')} s`
}

/** `1.2 M`, `345 k`: for counts of parameters and tokens. */
export function short(count: number): string {
  if (count < 1000) return String(Math.round(count))
  if (count < 999_500) return `${(count / 1e3).toFixed(count < 1e5 ? 1 : 0)} k`
  return `${(count / 1e6).toFixed(2)} M`
}
