/** A heap of numbers, smallest first. */
export class Heap {
  size = 0
  #keys: Float64Array

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity)
  }

  push(key: number): void {
    if (this.size === this.#keys.length) {
      const larger = new Float64Array(Math.max(16, this.size * 2))
      larger.set(this.#keys)
      this.#keys = larger
    }
    const keys = this.#keys
    let i = this.size++
    while (i > 0) {
      const parent = (i - 1) >> 1
      if ((keys[parent] as number) <= key) break
      keys[i] = keys[parent] as number
      i = parent
    }
    keys[i] = key
  }

  pop(): number {
    const keys = this.#keys
    const top = keys[0] as number
    const key = keys[--this.size] as number
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= this.size) break
      if (child + 1 < this.size && (keys[child + 1] as number) < (keys[child] as number)) child++
      if ((keys[child] as number) >= key) break
      keys[i] = keys[child] as number
      i = child
    }
    keys[i] = key
    return top
  }
}
