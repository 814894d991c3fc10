import { SPACE_MARK_UNIT } from '../sentencepiece/model-file.js'
import { ranges } from '../unicode/classes.js'
import { scripts } from '../unicode/scripts.js'

/** What a piece may be, as SentencePiece's trainer has it. */
export interface PieceRules {
  /** In characters. */
  readonly maxPieceLength: number
  readonly splitByScript: boolean
  readonly splitByNumber: boolean
  readonly splitDigits: boolean
  readonly spaceOnlyPieces: boolean
}

/** Goes with every script. */
const ANY = 0

/** Makes the check whether a text may become a piece: one script, spaces only at its start, not too long. */
export function pieceCheck(rules: PieceRules): (text: string) => boolean {
  const table = scriptTable()
  const han = table.index('Han')
  const joined = new Set([table.index('Hiragana'), table.index('Katakana')])
  const inherited = table.index('Inherited')

  return function isValid(text) {
    const points = Array.from(text, (character) => character.codePointAt(0) as number)
    if (points.length > rules.maxPieceLength) return false
    if (rules.spaceOnlyPieces && points.every((point) => point === SPACE_MARK_UNIT)) return true
    let before = ANY
    for (let i = 0; i < points.length; i++) {
      const point = points[i] as number
      if (point === SPACE_MARK_UNIT) {
        if (i > 0) return false
        continue
      }
      if (point === 0x20) return false
      const digit = isDigit(point)
      if (digit && rules.splitDigits && points.length > 1) return false
      let script = table.of(point)
      // The long vowel mark of Katakana is common to both.
      if (joined.has(script) || point === 0x30fc) script = han
      else if (script === inherited) script = before
      if (digit && !rules.splitByNumber) script = ANY
      if (rules.splitByScript && script !== ANY && before !== ANY && script !== before) return false
      before = script
    }
    return true
  }
}

function isDigit(point: number): boolean {
  return (point >= 0x30 && point <= 0x39) || (point >= 0xff10 && point <= 0xff19)
}

interface ScriptTable {
  of(point: number): number
  index(name: string): number
}

let known: ScriptTable | undefined

/** Numbers of scripts from 1, by code point; what has none counts as common. */
function scriptTable(): ScriptTable {
  if (known !== undefined) return known
  const names = Object.keys(scripts)
  const index = (name: string): number => names.indexOf(name) + 1
  const table = new Uint8Array(0x110000).fill(index('Common'))
  names.forEach((name, i) => {
    for (const [first, end] of ranges(scripts[name] as string)) table.fill(i + 1, first, end)
  })
  known = { index, of: (point) => table[point] as number }
  return known
}
