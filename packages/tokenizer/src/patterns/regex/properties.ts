import { categoryRanges, ranges } from '../../unicode/classes.js'
import { whiteSpace } from '../../unicode/ranges.js'
import { binaryProperties, scripts } from '../../unicode/scripts.js'
import { type CodePointSet, complement, EVERYTHING, unite } from './code-point-set.js'

/** Long names of general categories, without the marks that names are compared without. */
const longNames: Readonly<Record<string, string>> = {
  letter: 'L',
  uppercaseletter: 'Lu',
  lowercaseletter: 'Ll',
  titlecaseletter: 'Lt',
  casedletter: 'LC',
  'l&': 'LC',
  modifierletter: 'Lm',
  otherletter: 'Lo',
  mark: 'M',
  nonspacingmark: 'Mn',
  spacingmark: 'Mc',
  enclosingmark: 'Me',
  number: 'N',
  decimalnumber: 'Nd',
  letternumber: 'Nl',
  othernumber: 'No',
  punctuation: 'P',
  connectorpunctuation: 'Pc',
  dashpunctuation: 'Pd',
  openpunctuation: 'Ps',
  closepunctuation: 'Pe',
  initialpunctuation: 'Pi',
  finalpunctuation: 'Pf',
  otherpunctuation: 'Po',
  symbol: 'S',
  mathsymbol: 'Sm',
  currencysymbol: 'Sc',
  modifiersymbol: 'Sk',
  othersymbol: 'So',
  separator: 'Z',
  spaceseparator: 'Zs',
  lineseparator: 'Zl',
  paragraphseparator: 'Zp',
  other: 'C',
  control: 'Cc',
  format: 'Cf',
  surrogate: 'Cs',
  privateuse: 'Co',
  unassigned: 'Cn',
}

const sets = new Map<string, CodePointSet>()

/**
 * The code points of a property, such as `L`, `Lowercase_Letter`, `Han` or `White_Space`, of the pinned Unicode version; case,
 * spaces, `_` and `-` do not count. Undefined for names that it does not know.
 */
export function property(name: string): CodePointSet | undefined {
  const key = name.toLowerCase().replaceAll(/[ _-]/g, '')
  let set = sets.get(key)
  if (set === undefined) {
    set = named(key)
    if (set !== undefined) sets.set(key, set)
  }
  return set
}

function named(key: string): CodePointSet | undefined {
  const category = longNames[key] ?? (key.length <= 2 ? key : undefined)
  if (category !== undefined) {
    const prefixes = category.toUpperCase() === 'LC' ? ['LU', 'LL', 'LT'] : [category.toUpperCase()]
    const set = unite(
      categoryRanges().flatMap(([first, end, found]) =>
        prefixes.some((prefix) => found.toUpperCase().startsWith(prefix)) ? [[first, end]] : [],
      ),
    )
    return set.length === 0 ? undefined : set
  }
  switch (key) {
    case 'any':
      return EVERYTHING
    case 'assigned':
      return complement(all('Cn'))
    case 'ascii':
      return [[0, 0x80]]
    case 'space':
    case 'whitespace':
      return ranges(whiteSpace)
    case 'alpha':
    case 'alphabetic':
      return unite([...all('L', 'Nl'), ...listed('Other_Alphabetic')])
    case 'lower':
    case 'lowercase':
      return unite([...all('Ll'), ...listed('Other_Lowercase')])
    case 'upper':
    case 'uppercase':
      return unite([...all('Lu'), ...listed('Other_Uppercase')])
    case 'digit':
      return all('Nd')
    case 'alnum':
      return unite([...all('L', 'Nl', 'Nd'), ...listed('Other_Alphabetic')])
    case 'word':
      return unite([...all('L', 'M', 'Nd', 'Nl', 'Pc'), ...listed('Other_Alphabetic')])
    case 'punct':
      return all('P')
    case 'cntrl':
      return all('Cc')
    case 'blank':
      return unite([...all('Zs'), [9, 10]])
    case 'xdigit':
      return unite([
        [0x30, 0x3a],
        [0x41, 0x47],
        [0x61, 0x67],
      ])
    case 'graph':
      return complement(unite([...ranges(whiteSpace), ...all('Cc', 'Cn', 'Cs')]))
    case 'print':
      return unite([...all('Zs'), ...(property('graph') ?? [])])
    default:
      return script(key) ?? binary(key)
  }
}

function all(...categories: string[]): CodePointSet {
  return unite(categories.flatMap((category) => [...(property(category) ?? [])]))
}

function listed(name: string): CodePointSet {
  return ranges(binaryProperties[name] as string)
}

function script(key: string): CodePointSet | undefined {
  return lookUp(scripts, key)
}

function binary(key: string): CodePointSet | undefined {
  return lookUp(binaryProperties, key)
}

function lookUp(lists: Readonly<Record<string, string>>, key: string): CodePointSet | undefined {
  const found = Object.keys(lists).find((name) => name.toLowerCase().replaceAll('_', '') === key)
  return found === undefined ? undefined : ranges(lists[found] as string)
}
