import { beforeEach, expect, it, vi } from 'vitest'
import { prepareEnvironment } from './environment.js'

const names = [
  'TF_CPP_MIN_LOG_LEVEL',
  'TF_FORCE_GPU_ALLOW_GROWTH',
  'NVIDIA_TF32_OVERRIDE',
  'TF_NUM_INTRAOP_THREADS',
  'TF_NUM_INTEROP_THREADS',
  'CUDA_VISIBLE_DEVICES',
]

beforeEach(() => {
  for (const name of names) vi.stubEnv(name, undefined)
  return () => vi.unstubAllEnvs()
})

it('is quiet, takes GPU memory as needed and leaves the threads to TensorFlow', () => {
  expect(prepareEnvironment({ threads: undefined, gpus: 1 })).toBe('')
  const set = Object.fromEntries(names.map((name) => [name, process.env[name]]))
  expect(set).toEqual({
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    NVIDIA_TF32_OVERRIDE: '0',
  })
})

it('uses as many threads as asked for', () => {
  prepareEnvironment({ threads: 3, gpus: 0 })
  expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('3')
  expect(process.env.TF_NUM_INTEROP_THREADS).toBe('3')
})

it('takes one of several GPUs and says which', () => {
  expect(prepareEnvironment({ threads: undefined, gpus: 4 })).toContain('GPU 0 of 4')
  expect(process.env.CUDA_VISIBLE_DEVICES).toBe('0')
})

it('keeps what the user has set', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '2')
  vi.stubEnv('TF_CPP_MIN_LOG_LEVEL', '0')
  vi.stubEnv('NVIDIA_TF32_OVERRIDE', '1')
  expect(prepareEnvironment({ threads: undefined, gpus: 4 })).toBe('')
  expect(process.env.CUDA_VISIBLE_DEVICES).toBe('2')
  expect(process.env.TF_CPP_MIN_LOG_LEVEL).toBe('0')
  expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('1')
})
