import type { AlignedText } from '../model.js'
import { compose, slice } from './aligned-text.js'
import type { PreTokenizerStep } from './pre-tokenizer.js'

/** Takes a text through the steps of a pre-tokenizer, and calls `emit` for each piece that is left. */
export function cutText(
  steps: readonly PreTokenizerStep[],
  text: string,
  first: boolean,
  emit: (piece: string) => void,
): void {
  run(text, first, 0)

  function run(piece: string, isFirst: boolean, at: number): void {
    const step = steps[at]
    if (step === undefined) {
      if (piece !== '') emit(piece)
      return
    }
    const { change, cut } = step
    const changed = change === undefined ? piece : change.apply(piece, isFirst)
    if (cut === undefined) run(changed, isFirst, at + 1)
    else {
      cut(changed, (start, end) => run(changed.slice(start, end), isFirst && start === 0, at + 1))
    }
  }
}

/** The same with pieces that know what they come from. */
export function cutAlignedText(
  steps: readonly PreTokenizerStep[],
  text: AlignedText,
  first: boolean,
  emit: (piece: AlignedText) => void,
): void {
  run(text, first, 0)

  function run(piece: AlignedText, isFirst: boolean, at: number): void {
    const step = steps[at]
    if (step === undefined) {
      if (piece.text !== '') emit(piece)
      return
    }
    const { change, cut } = step
    const changed = change === undefined ? piece : compose(piece, change.align(piece.text, isFirst))
    if (cut === undefined) run(changed, isFirst, at + 1)
    else {
      cut(changed.text, (start, end) =>
        run(slice(changed, start, end), isFirst && start === 0, at + 1),
      )
    }
  }
}
