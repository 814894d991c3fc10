/** The TensorFlow this was tried with; a newer one is used with a remark. */
export const newestTried = '2.21.0'

/** Older ones lack headers or the library that is linked. */
const oldest = '2.16.0'

/** The sources that are compiled. */
export const tfjsNodeVersion = '4.22.0'

/** A Python package that holds TensorFlow's libraries. */
export interface TensorflowPackage {
  readonly name: string
  readonly version: string
  /** It was built for CUDA. */
  readonly gpu: boolean
}

/**
 * Which package a wheel is, from its file name: tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl,
 * or from the folder an installed one leaves: tensorflow-2.21.0.dist-info.
 *
 * @throws Error if it is none of TensorFlow for Linux x64
 */
export function packageOf(fileName: string): TensorflowPackage {
  const found =
    /^(tensorflow|tensorflow_cpu)-(\d+\.\d+\.\d+[^-]*?)(?:-[^-]+-[^-]+-manylinux[^-]*_x86_64\.whl|\.dist-info)$/.exec(
      fileName,
    )
  const [, name, version] = found ?? []
  if (name === undefined || version === undefined) {
    throw new Error(
      `llm-tensorflow: expected a Linux x64 wheel of tensorflow or tensorflow-cpu, got ${fileName}`,
    )
  }
  return { name, version, gpu: name === 'tensorflow' }
}

/**
 * What to say of a version of TensorFlow before it is used; '' for one that was tried.
 *
 * @throws Error if it cannot work
 */
export function judgeVersion(version: string): string {
  if (!/^2\.\d+\.\d+/.test(version) || compare(version, oldest) < 0) {
    throw new Error(
      `llm-tensorflow: expected TensorFlow ${oldest} or newer, below 3, got ${version}`,
    )
  }
  return compare(version, newestTried) > 0 ? ` (newer than ${newestTried}, which was tried)` : ''
}

/**
 * The packages a wheel asks for with its extra `and-cuda`, as pip takes them.
 *
 * @param metadata the METADATA of the wheel
 * @throws Error if it asks for none
 */
export function cudaRequirements(metadata: string): string[] {
  const found = [
    ...metadata.matchAll(/^Requires-Dist: ([^;\n]+?)[ \t]*;.*extra == ["']and-cuda["']/gm),
  ]
  const requirements = found.flatMap(([, requirement]) => requirement ?? [])
  if (requirements.length > 0) return requirements
  throw new Error("llm-tensorflow: expected a wheel with the extra 'and-cuda', got one without")
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
