import { expect, test } from 'vitest'
import { mirrorOf, packagesOf } from './vulkan.mjs'

test('what apt would install or replace, but never the C library', () => {
  const plan = [
    'NOTE: This is only a simulation!',
    'Inst libc6 (2.36-9 Debian:12.11/oldstable [amd64])',
    'Inst libdrm2 [2.4.114-1+b1] (2.4.123-1~bpo12+1 Debian Backports:oldstable-backports [amd64]) []',
    'Inst mesa-vulkan-drivers (25.0.7-2~bpo12+1 Debian Backports:oldstable-backports [amd64])',
    'Conf mesa-vulkan-drivers (25.0.7-2~bpo12+1 Debian Backports:oldstable-backports [amd64])',
  ].join('\n')
  expect(packagesOf(plan)).toEqual([
    'libdrm2=2.4.123-1~bpo12+1',
    'mesa-vulkan-drivers=25.0.7-2~bpo12+1',
  ])
})

test('the mirror of a release, from both formats of sources', () => {
  const stanzas =
    'Types: deb\nURIs: http://other.example/x\nSuites: nodistro\n\n' +
    '# the system\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n'
  expect(mirrorOf(stanzas, 'bookworm')).toBe('http://mirror.example/debian')
  const lines =
    '# deb http://no.example noble main\ndeb http://other.example/x noble-tools main\n' +
    'deb [arch=amd64 signed-by=/key.gpg] http://mirror.example/ubuntu noble main universe\n'
  expect(mirrorOf(lines, 'noble')).toBe('http://mirror.example/ubuntu')
  expect(mirrorOf(lines, 'trixie')).toBeUndefined()
})
