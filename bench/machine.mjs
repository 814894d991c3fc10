// What a table says of the machine it was measured on.
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** The instruction sets that decide how fast products are, by the names of /proc/cpuinfo. */
const named = [
  ...['avx2', 'fma', 'avx512f', 'avx512_bf16', 'avx512_fp16', 'amx_tile', 'amx_bf16'],
  ...['asimd', 'sve', 'bf16', 'i8mm'],
]

export function machine() {
  const text = process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    instructionSets: instructionSets(text),
  }
}

/** Whether a CPU has to imitate bfloat16 products with other instructions; undefined where its instruction sets are not known. */
export function emulatesBfloat16({ instructionSets }) {
  if (instructionSets.length === 0) return undefined
  return !instructionSets.some((name) => ['avx512_bf16', 'amx_bf16', 'bf16'].includes(name))
}

function instructionSets(cpuinfo) {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? []
  return named.filter((name) => flags.includes(name))
}
