import type { ProgressUpdate } from '../progress.js'

/**
 * One line for a terminal: task, done of total, rate, time left; or, when all is done, the time it took.
 *
 * @param seconds since the task began
 * @param since what was already done when the task began; the rate leaves it out
 */
export function formatProgress(update: ProgressUpdate, seconds: number, since = 0): string {
  const { task, done, total, unit } = update
  const rate = seconds > 0 ? (done - since) / seconds : 0
  const parts = [printable(task)]
  if (total === undefined) parts.push(amount(done, unit))
  else if (done === total) parts.push(amount(done, unit), `done in ${formatDuration(seconds)}`)
  else {
    const percent = Math.floor((100 * done) / total)
    const part = unit === 'bytes' ? amount(done, unit) : grouped(done)
    parts.push(`${part} of ${amount(total, unit)}`, `${percent}%`)
  }
  if (rate > 0) parts.push(`${amount(rate, unit)}/s`)
  if (rate > 0 && total !== undefined && done < total) {
    parts.push(`${formatDuration((total - done) / rate)} left`)
  }
  return parts.join('  ')
}

/** Seconds as a reader says them: `0.4 s`, `45 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

function amount(value: number, unit: string): string {
  if (unit !== 'bytes') return `${grouped(value)} ${printable(unit)}`
  const steps = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let step = 0
  let scaled = value
  for (; scaled >= 999.5 && step < steps.length - 1; step++) scaled /= 1000
  return `${grouped(scaled)} ${steps[step]}`
}

/** Three digits after the first non-zero one, unless it is whole; thousands in groups. */
function grouped(value: number): string {
  const digits = Number.isInteger(value) || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Names may come from files of strangers, and a terminal obeys control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}
