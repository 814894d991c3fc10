import { describe, expect, it } from 'vitest'
import { extractText } from './extract-text.js'

const sentence =
  'It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife.'
const other =
  'However little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is fixed.'

describe('extractText: what is kept', () => {
  it('drops scripts, styles, menus, asides and footers', () => {
    const html = `<html><head><title>x</title><style>p{}</style></head><body>
      <nav><ul><li><a href=/>Home</a><li><a href=/a>About us</a></ul></nav>
      <script>document.write("<p>${sentence}</p>")</script>
      <div class="sidebar"><p>${other}</p></div>
      <article><p>${sentence}</p><p>${sentence} Again.</p><p>${sentence} And again.</p></article>
      <footer><p>Copyright 1813, all rights reserved by the author and her heirs in the county of Hampshire.</p></footer>`
    expect(extractText(html)).toBe(
      [sentence, `${sentence} Again.`, `${sentence} And again.`].join('\n\n'),
    )
  })

  it('keeps headings and lists as lines, in order', () => {
    const html = `<h1>Title of the book</h1><p>${sentence}</p><h2>Part</h2><ul><li>${sentence}<li>${other}</ul>`
    expect(extractText(html)).toBe(
      `Title of the book\n\n${sentence}\n\nPart\n\n- ${sentence}\n- ${other}`,
    )
  })

  it('keeps table rows as lines with tabs', () => {
    const html = '<table><tr><th>Name<th>Age<tr><td>Ann<td>30</table>'
    expect(extractText(html, { keep: 'all' })).toBe('Name\tAge\nAnn\t30')
  })

  it('takes a table that lays out a page for what it is', () => {
    const html = `<table><tr><td><a href=/>Home</a><td><h1>Title</h1><p>${sentence}</p><p>${other}</p></table>`
    expect(extractText(html)).toBe(`Title\n\n${sentence}\n\n${other}`)
  })

  it('keeps pre as it is', () => {
    const html = '<pre>\n  if (a &lt; b)\n\n    c()\n</pre><p>a  \n b</p>'
    expect(extractText(html, { keep: 'all' })).toBe('  if (a < b)\n\n    c()\n\na b')
  })

  it('breaks lines at br and decodes entities', () => {
    const html = '<p>one<br>two &eacute;&#x1F600;&amp;amp;<br/> three'
    expect(extractText(html, { keep: 'all' })).toBe('one\ntwo é😀&amp;\nthree')
  })

  it('joins inline elements without adding blanks', () => {
    expect(extractText('<p>un<b>believ</b>able <i>story</i></p>', { keep: 'all' })).toBe(
      'unbelievable story',
    )
  })

  it('drops link lists and keeps text with a link in it', () => {
    const links = Array.from(
      { length: 8 },
      (_, i) => `<li><a href=/${i}>A story about the end of the world, part ${i}</a>`,
    )
    const html = `<p>${sentence} <a href=/x>See here</a>.</p><ul>${links.join('')}</ul><p>${other}</p>`
    expect(extractText(html)).toBe(`${sentence} See here.\n\n${other}`)
  })

  it('finds text in languages without stop words', () => {
    const chinese =
      '这是一个关于人工智能的故事，讲述了一位年轻的科学家如何在遥远的城市里寻找真理的漫长旅程。'.repeat(
        3,
      )
    const html = `<div><a href=/>首页</a><a href=/a>关于</a></div><p>${chinese}</p><p>${chinese}</p>`
    expect(extractText(html)).toBe(`${chinese}\n\n${chinese}`)
  })

  it('ends the head at the first element of the body', () => {
    expect(extractText('<head><title>t</title><p>text', { keep: 'all' })).toBe('text')
  })

  it('recovers from an unclosed button', () => {
    expect(extractText('<div><button>ok</div><p>text', { keep: 'all' })).toBe('text')
  })

  it.each([
    '',
    ' ',
    '<',
    '<p',
    '<!--',
    '<!-- <p>text</p>',
    '<script>',
    '&',
    '&amp',
    '</p>',
    '<p></p>',
    '\0',
  ])('survives %j', (html) => {
    expect(typeof extractText(html)).toBe('string')
    expect(extractText(html, { keep: 'all' }).trim()).toBe(extractText(html, { keep: 'all' }))
  })

  it('refuses what is not a string', () => {
    // @ts-expect-error: callers from JavaScript
    expect(() => extractText(undefined)).toThrow('extractText: expected a string, got undefined')
  })
})

// Each of these would take minutes or overflow the stack if time were quadratic or the code recursive.
describe('extractText: hostile pages', () => {
  const size = 1_000_000

  it('a million nested elements', () => {
    const text = extractText(`${'<div>'.repeat(size)}<p>${sentence}</p>`, {
      keep: 'all',
      maxLength: 1e8,
    })
    expect(text).toBe(sentence)
  })

  it('a million nested elements, each closed by the wrong tag', () => {
    const html = `${'<div>'.repeat(size)}${'</section>'.repeat(size)}<p>${sentence}`
    expect(extractText(html, { keep: 'all', maxLength: 1e8 })).toBe(sentence)
  })

  it('half a million unclosed elements of every kind', () => {
    const kinds = [
      '<ul><li>',
      '<table><tr><td>',
      '<a href=x>',
      '<form>',
      '<p>',
      '<pre>',
      '<dl><dt>',
      '<b>',
    ]
    const html = kinds.join('').repeat(size / 16)
    expect(extractText(`${html}${sentence}`, { keep: 'all', maxLength: 1e8 })).toBe(sentence)
  })

  it('an attribute of 50 MB', () => {
    const html = `<div class="${'x'.repeat(5e7)}"><p>${sentence}</p></div>`
    expect(extractText(html, { keep: 'all', maxLength: 1e8 })).toBe(sentence)
  })

  it('a million attributes', () => {
    const html = `<div ${'class=a '.repeat(size)}><p>${sentence}</p></div>`
    expect(extractText(html, { keep: 'all' })).toBe(sentence)
  })

  it('hundreds of thousands of line breaks, links and rows', () => {
    expect(extractText(`<p>${'x<br>'.repeat(size / 2)}`, { keep: 'all' }).length).toBe(size - 1)
    expect(extractText('<a>x</a>'.repeat(size / 2), { keep: 'all' }).length).toBe(size / 2)
    expect(
      extractText(`<table>${'<tr><td>x<td>y'.repeat(size / 10)}`, { keep: 'all' }).length,
    ).toBe(size / 2.5 - 1)
  })

  it('300,000 blocks, classified', () => {
    const html = `<p>${sentence}</p>${'<p>x'.repeat(300_000)}<p>${other}</p>`
    expect(extractText(html).startsWith(sentence)).toBe(true)
  })

  it('reads no more than maxLength characters', () => {
    expect(extractText(`<p>${'word '.repeat(1000)}`, { keep: 'all', maxLength: 13 })).toBe(
      'word word',
    )
  })
})
