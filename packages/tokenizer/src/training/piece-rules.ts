import { ranges } from '../unicode/classes.js'
import { scripts } from '../unicode/scripts.js'

/** Which characters SentencePiece's trainers put into one piece. */
export interface PieceRules {
  /** A digit is always a piece of its own. */
  readonly splitDigits: boolean
  /** Characters of different Unicode scripts are never in one piece. */
  readonly splitByScript: boolean
  /** Runs of spaces are pieces. */
  readonly whitespaceOnlyPieces: boolean
}

/** U+2581, which stands for a space. */
const SPACE = 0x2581

/** Whether a piece of more than one character is allowed. A space stands only at its start. */
export function pieceRules(rules: PieceRules): (piece: string) => boolean {
  const scriptOf = rules.splitByScript ? scriptTable() : undefined
  return (piece) => {
    let script = ANY
    let i = 0
    let spaces = 0
    for (const character of piece) {
      const point = character.codePointAt(0) as number
      if (point === SPACE) {
        if (i > 0 && !(rules.whitespaceOnlyPieces && spaces === i)) return false
        spaces++
      } else {
        // Only runs of spaces may have a second one.
        if (spaces > 1) return false
        if (rules.splitDigits && isDigit(point)) return false
        if (scriptOf !== undefined) {
          const found = scriptOf(point)
          if (found !== INHERITED) {
            if (script !== ANY && script !== found) return false
            script = found
          }
        }
      }
      i++
    }
    return true
  }
}

const ANY = -1
const COMMON = 0
const INHERITED = 1
const HAN = 2

/** A number per script; kana count as Han, and what has no script as common. */
function scriptTable(): (point: number) => number {
  const table = new Uint8Array(0x110000)
  let next = HAN + 1
  for (const [name, runs] of Object.entries(scripts)) {
    const number = ['Han', 'Hiragana', 'Katakana'].includes(name)
      ? HAN
      : name === 'Common'
        ? COMMON
        : name === 'Inherited'
          ? INHERITED
          : next++
    for (const [first, end] of ranges(runs)) table.fill(number, first, end)
  }
  // The long vowel mark is common to both kana.
  table[0x30fc] = HAN
  return (point) => table[point] as number
}

/** ASCII and full-width digits. */
function isDigit(point: number): boolean {
  return (point >= 0x30 && point <= 0x39) || (point >= 0xff10 && point <= 0xff19)
}
