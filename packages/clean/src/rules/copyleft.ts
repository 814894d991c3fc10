/**
 * Whether an SPDX licence identifier is copyleft: strong, weak or share-alike, in any version.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { isCopyleft } = await import('./copyleft.js')
 * expect(['GPL-2.0-only', 'MPL-2.0', 'CC-BY-SA-4.0'].every(isCopyleft)).toBe(true)
 * expect(['MIT', 'Apache-2.0', 'CC-BY-4.0', 'BSL-1.0'].some(isCopyleft)).toBe(false)
 * ```
 */
export function isCopyleft(licence: string): boolean {
  return families.some((family) => licence === family || licence.startsWith(`${family}-`))
}

/** Licence names without their version. */
const families: readonly string[] = (
  'GPL AGPL LGPL LGPLLR GFDL SSPL EUPL OSL QPL RPL RPSL CAL Parity Sleepycat copyleft-next CERN-OHL-S ' +
  'CERN-OHL-W TAPR-OHL MPL EPL CPL CDDL CPAL APSL NPL IPL LPL SPL SISSL MS-RL ErlPL YPL NGPL SimPL Nokia Motosoto ' +
  'Watcom CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1 CECILL-C LiLiQ-R LiLiQ-Rplus ODbL CDLA-Sharing CC-BY-SA ' +
  'CC-BY-NC-SA OFL'
).split(' ')
