import { describe, expect, it } from 'vitest'
import { markdownToText } from './markdown-to-text.js'

const lines = (...parts: string[]): string => parts.join('\n')

describe('markdownToText', () => {
  it.each([
    [
      '[![npm](https://img.shields.io/x.svg)](https://npm.im/x) [![ci](y.svg)][ci]\n\n[ci]: https://ci',
      '',
    ],
    ['![logo](logo.png "a logo")', ''],
    ['see [the *docs*](docs.md#x_y) and [more][ref].\n\n[ref]: http://x', 'see the docs and more.'],
    ['[a [nested] link](x) and [just brackets]', 'a [nested] link and [just brackets]'],
    ['[label] alone\n\n[label]: http://x', 'label alone'],
    ['<https://example.org> and https://example.org', 'and https://example.org'],
    ['**bold** *it* __bold__ _it_ ~~gone~~ ***both***', 'bold it bold it gone both'],
    [
      '2 * 3 * 4, a*b*c, snake_case_name, __dirname',
      '2 * 3 * 4, a*b*c, snake_case_name, __dirname',
    ],
    ['`a*b*` and ``x ` y`` and `Array<T>`', 'a*b* and x ` y and Array<T>'],
    ['\\*not emphasis\\* &amp; &copy; 5 &lt; 6', '*not emphasis* & © 5 < 6'],
    ['# A title #', 'A title'],
    ['Title\n=====\n\nSub\n---\ntext', 'Title\n\nSub\n\ntext'],
    ['a\n\n***\n\nb', 'a\n\nb'],
    ['> quoted\n> text', 'quoted\ntext'],
    ['> [!NOTE]\n> take care', 'take care'],
    ['* one\n+ two\n- [x] three\n1. four', '- one\n- two\n- [x] three\n1. four'],
    ['- [Install](#install)\n- [Use](#use)\n- real', '- real'],
    ['a <!-- hidden\nover lines --> b', 'a  b'],
    ['<p align="center">\n  <img src="x">\n  <b>Hello</b><br>there\n</p>', 'Hello\nthere'],
    [
      '<details>\n  <summary>\n    About\n  </summary>\n  <p>We believe.</p>\n</details>\n\ntext',
      'About\n\nWe believe.\n\ntext',
    ],
    ['<script>\nlet x = 1\n</script>\ntext', 'text'],
    ['a < b and c > d', 'a < b and c > d'],
    ['---\ntitle: x\n---\ntext', 'text'],
    ['footnote[^1]\n\n[^1]: The note.', 'footnote[^1]\n\n[^1]: The note.'],
  ])('%j', (markdown, text) => {
    expect(markdownToText(markdown)).toBe(text)
  })

  it('keeps or drops code blocks', () => {
    const markdown = lines(
      'Use it:',
      '',
      '```js',
      'const a = **b** <c>',
      '',
      '',
      '# no title',
      '```',
      '',
      'Done.',
    )
    expect(markdownToText(markdown)).toBe(markdown)
    expect(markdownToText(markdown, { code: 'drop' })).toBe('Use it:\n\nDone.')
    expect(markdownToText('text\n\n    *code*\n\nmore')).toBe('text\n\n    *code*\n\nmore')
    expect(markdownToText('text\n\n    *code*\n\nmore', { code: 'drop' })).toBe('text\n\nmore')
  })

  it('keeps a fence that is never closed to the end', () => {
    expect(markdownToText('a\n\n~~~\n*b*\n```')).toBe('a\n\n~~~\n*b*\n```')
  })

  it('drops tables or keeps their cells', () => {
    const markdown = lines(
      'Options:',
      '',
      '| name | *type* |',
      '|------|:-----:|',
      '| `a`  | [x](y) |',
      '',
      'end',
    )
    expect(markdownToText(markdown)).toBe('Options:\n\nend')
    expect(markdownToText(markdown, { tables: 'keep' })).toBe('Options:\n\nname\ttype\na\tx\n\nend')
  })

  it('keeps hard-wrapped paragraphs and links over two lines', () => {
    expect(markdownToText('one [two\nthree](x) four')).toBe('one two\nthree four')
  })

  it('survives every prefix of a document', () => {
    const markdown =
      '# [a](b `c` <!-- d --> ![e][f]\n| g |\n|--|\n> * _h_ ```\n~~~ i\n[j]: k\n<l m="n">&o;\\'
    for (let end = 0; end <= markdown.length; end++) {
      expect(typeof markdownToText(markdown.slice(0, end))).toBe('string')
    }
  })

  // Each would take minutes if a search or a match started over for every character.
  it.each([
    '[',
    '![',
    '](',
    '(',
    '*',
    '* ',
    '*a ',
    '**a ',
    '_',
    '`',
    '``` ',
    '`` ` ',
    '<',
    '<a',
    '<!--',
    '<script>',
    '|',
    '>',
    '> ',
    '\\',
    '&',
    '[a](',
    '[a]: ',
    '- ',
    '#',
    '    a\n',
    '~~~\n',
    '|-\n',
    '[a]\n',
    '</',
    '~~a ',
  ])('takes time proportional to the length of %j repeated', (piece) => {
    expect(typeof markdownToText(piece.repeat(400_000 / piece.length))).toBe('string')
    expect(typeof markdownToText(`a${piece.repeat(400_000 / piece.length)}\nb`)).toBe('string')
  })
})
