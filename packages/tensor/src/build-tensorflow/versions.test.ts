import { expect, it } from 'vitest'
import { cudaRequirements, judgeVersion, packageOf } from './versions.js'

it('knows the wheels of TensorFlow for Linux x64 by their names', () => {
  expect(packageOf('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')).toEqual({
    name: 'tensorflow_cpu',
    version: '2.21.0',
    gpu: false,
  })
  expect(
    packageOf('tensorflow-2.17.1-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'),
  ).toEqual({ name: 'tensorflow', version: '2.17.1', gpu: true })
  expect(packageOf('tensorflow-2.22.0rc1.dist-info').version).toBe('2.22.0rc1')
  for (const name of [
    'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    'tensorflow_intel-2.18.0-cp311-cp311-win_amd64.whl',
    'tensorflow_text-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    'tensorflow.dist-info',
    'tensorflow-2.21.0.tar.gz',
  ]) {
    expect(() => packageOf(name)).toThrow(`expected a Linux x64 wheel`)
    expect(() => packageOf(name)).toThrow(name)
  }
})

it('takes a version that was tried, remarks on a newer one and refuses an old one', () => {
  expect(judgeVersion('2.21.0')).toBe('')
  expect(judgeVersion('2.16.0')).toBe('')
  expect(judgeVersion('2.100.0')).toContain('newer than 2.21.0')
  for (const version of ['2.9.1', '2.15.1', '1.15.5', '3.0.0', 'nightly', '']) {
    expect(() => judgeVersion(version)).toThrow(`expected TensorFlow 2.16.0 or newer`)
  }
})

it("reads NVIDIA's packages from the metadata of a wheel", () => {
  const metadata = `Metadata-Version: 2.1
Requires-Dist: numpy>=1.26.0
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"
Requires-Dist: nvidia-nccl-cu12<3.0,>=2.27.7 ; python_version < "4" and extra == 'and-cuda'
Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; (sys_platform != "win32") and extra == "gcs-filesystem"
`
  expect(cudaRequirements(metadata)).toEqual([
    'nvidia-cublas-cu12<13.0,>=12.5.3.2',
    'nvidia-nccl-cu12<3.0,>=2.27.7',
  ])
  expect(() => cudaRequirements('Requires-Dist: numpy>=1.26.0\n')).toThrow('and-cuda')
})
