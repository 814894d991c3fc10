import { expect, test } from 'vitest'
import { o200kClasses } from '../patterns/o200k.js'
import { codePointClasses } from '../unicode/classes.js'
import { codePointBlocks } from './code-point-blocks.js'

test.each([codePointClasses, o200kClasses])(
  'holds the class of every code point, in few blocks',
  (table) => {
    const all = table()
    const { blocks, classes } = codePointBlocks(all)
    // So many fit into the kernel's memory, and into the byte that names one.
    expect(classes.length).toBeLessThanOrEqual(256 * 256)
    const back = Uint8Array.from(
      all,
      (_, point) => classes[blocks[point >> 8]! * 256 + (point & 255)]!,
    )
    expect(back).toEqual(all)
  },
)
