import { describe, expect, it } from 'vitest'
import { lockedPackages } from './lockfile.js'

const lock = `
lockfileVersion: '9.0'
packages:
  '@scope/b@2.0.0':
    resolution: {integrity: x}
  a@10.0.0:
    resolution: {integrity: x}
  a@9.0.0:
    resolution: {integrity: x}
  bound@1.0.0:
    resolution: {integrity: x}
    cpu: [x64]
    os: [linux]
  musl@1.0.0:
    resolution: {integrity: x}
    libc: [musl]
  optional@1.0.0:
    resolution: {integrity: x}
  sometimes@1.0.0:
    resolution: {integrity: x}
  fork@https://codeload.example.org/fork/tar.gz/abc:
    resolution: {tarball: https://codeload.example.org/fork/tar.gz/abc}
    version: 1.0.0
snapshots:
  '@scope/b@2.0.0(a@9.0.0)': {}
  a@10.0.0: {}
  a@9.0.0: {}
  bound@1.0.0: {}
  musl@1.0.0: {}
  optional@1.0.0:
    optional: true
  sometimes@1.0.0(a@9.0.0):
    optional: true
  sometimes@1.0.0(a@10.0.0): {}
  fork@https://codeload.example.org/fork/tar.gz/abc: {}
`

describe('lockedPackages', () => {
  it('names what every machine installs, sorted, and nothing else', () => {
    expect(lockedPackages(lock).map(({ name, version }) => `${name}@${version}`)).toEqual([
      '@scope/b@2.0.0',
      'a@10.0.0',
      'a@9.0.0',
      'sometimes@1.0.0',
    ])
  })

  it('refuses what is no lockfile', () => {
    expect(() => lockedPackages('a: 1')).toThrow('lockedPackages: expected a pnpm lockfile')
    expect(() => lockedPackages('')).toThrow('lockedPackages: expected a pnpm lockfile')
  })
})
