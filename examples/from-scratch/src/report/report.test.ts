import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { sampleSummary } from '../../test/sample-summary.js'
import { report } from './report.js'

const page = report(sampleSummary())
const { document } = parseHTML(page)

describe('report', () => {
  it('has its sections in order, each with something in it', () => {
    const titles = [...document.querySelectorAll('h2, h3')].map(
      (title) => `${title.tagName} ${title.textContent}`,
    )
    expect(titles).toMatchInlineSnapshot(`
      [
        "H2 How well it predicts",
        "H2 What it writes",
        "H2 Training",
        "H3 Loss",
        "H3 Learning rate",
        "H3 Where the time went",
        "H2 What was read, and what is left",
        "H3 What was dropped, and why",
        "H2 Duplicates",
        "H2 Training and validation",
        "H2 Tokens",
        "H3 How often each occurs",
        "H3 How long they are",
        "H2 Sources",
        "H2 Settings",
      ]
    `)
  })

  it('draws every chart for wide and for narrow pages, with a name and a unit on its axes', () => {
    const charts = [...document.querySelectorAll('figure')]
    expect(charts.map((chart) => chart.getAttribute('aria-label'))).toEqual([
      'Bits per byte',
      'Loss by step',
      'Learning rate by step',
      'Seconds by stage',
      'Bytes left after each stage',
      'Occurrences of each token by rank',
      'Tokens by length',
    ])
    const labels = charts.map((chart) =>
      [...chart.querySelectorAll('.wide [aria-label$="axis label"]')].map(
        (label) => label.textContent,
      ),
    )
    expect(labels).toEqual([
      ['bits per byte of validation text →'],
      ['↑ loss (nats per token)', 'step →'],
      ['↑ learning rate', 'step →'],
      ['seconds →'],
      ['text left (MB) →'],
      ['↑ occurrences in the training text', 'rank of the token →'],
      ['↑ tokens in the vocabulary', 'bytes in the token →'],
    ])
    for (const chart of charts) expect(chart.querySelectorAll('svg').length).toBe(2)
  })

  it('runs nothing and asks for nothing, whatever the documents say', () => {
    for (const name of ['script', 'img', 'iframe', 'link', 'object', 'form'])
      expect(document.querySelectorAll(name).length, name).toBe(0)
    const attributes = [...document.querySelectorAll('*')].flatMap((element) => [
      ...element.attributes,
    ])
    expect(attributes.filter(({ name }) => /^(?:on|src|href)/.test(name))).toEqual([])
    expect(page).not.toMatch(/url\(|@import/)
    expect(page).not.toContain('\0')
  })

  it('shows such texts as they are', () => {
    const text = document.body.textContent
    for (const shown of [
      '<script>alert("title")</script>',
      '</pre><script>alert("dropped")</script>',
      '<img src=x onerror=alert(1)>',
    ])
      expect(text).toContain(shown)
    expect(text).toContain('</blockquote><script>alert("sample")</script>')
  })

  it('says why a baseline is missing', () => {
    expect(document.body.textContent).toContain('neither <here> nor there')
  })
})
