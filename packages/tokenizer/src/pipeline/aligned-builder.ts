import type { AlignedText } from '../model.js'

/** Puts an aligned text together. */
export class AlignedBuilder {
  #text = ''
  #starts: number[] = []
  #ends: number[] = []

  /** Adds text, all of which comes from the same part of the source. */
  add(text: string, start: number, end: number): void {
    this.#text += text
    for (let i = 0; i < text.length; i++) {
      this.#starts.push(start)
      this.#ends.push(end)
    }
  }

  /** Adds a part of the source as it is; a surrogate pair is one character. */
  keep(source: string, start: number, end: number): void {
    for (let i = start; i < end; ) {
      const next = i + ((source.codePointAt(i) as number) > 0xffff ? 2 : 1)
      this.add(source.slice(i, next), i, next)
      i = next
    }
  }

  take(): AlignedText {
    return { text: this.#text, starts: this.#starts, ends: this.#ends }
  }
}
