/**
 * Sets what TensorFlow reads from the environment when it is loaded, where the user has not.
 *
 * @returns what the user should know of it, for the reason given to them; '' if nothing
 */
export function prepareEnvironment(options: {
  /** Threads inside one operation and of independent operations; TensorFlow decides when undefined. */
  readonly threads: number | undefined
  /** How many GPUs the machine has. */
  readonly gpus: number
}): string {
  const { threads, gpus } = options
  // Errors only: TensorFlow tells of its instruction sets and its devices otherwise. What 2.21 says of oneDNN comes
  // before it reads this.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  // Otherwise TensorFlow takes all memory of the GPU at once.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  // Otherwise products of float32 round their operands to 10 bits on recent GPUs.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0'
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads)
    process.env.TF_NUM_INTEROP_THREADS = String(threads)
  }
  // TensorFlow.js uses one GPU, but TensorFlow would take memory on each.
  if (gpus < 2 || process.env.CUDA_VISIBLE_DEVICES !== undefined) return ''
  process.env.CUDA_VISIBLE_DEVICES = '0'
  return `, GPU 0 of ${gpus} (CUDA_VISIBLE_DEVICES chooses another)`
}

/** The NVIDIA GPUs whose device files a process here can see. */
export async function countGpus(): Promise<number> {
  const { existsSync, readdirSync } = await import('node:fs')
  if (!existsSync('/dev')) return 0
  return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length
}
