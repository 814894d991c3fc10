import type { Document, Verdict } from '@llm/data'
import { describe, expect, it } from 'vitest'
import { gopherQualityConditions } from './gopher-quality.js'
import { type KeepOptions, keep, type Rules } from './keep.js'
import { languageIs } from './language-is.js'
import { licenceIn, licenceNot } from './licence.js'
import { minimumWords } from './minimum-words.js'
import { placeholderPage } from './placeholder-page.js'
import type { Rule } from './rule.js'

async function run(
  rules: Rules,
  documents: readonly Document[],
  options?: KeepOptions,
): Promise<Document[]> {
  async function* input(): AsyncGenerator<Document> {
    yield* documents
  }
  const result: Document[] = []
  for await (const document of keep(rules, options)(input())) result.push(document)
  return result
}

describe('keep', () => {
  it('stops at the first rule that fails', async () => {
    const asked: string[] = []
    const rule =
      (name: string, keeps: boolean): Rule =>
      (document) => {
        asked.push(`${name} ${document.id}`)
        return { keep: keeps, rule: name, value: 0, threshold: 0, reason: name }
      }
    const dropped: string[] = []
    const options = {
      onDrop: (document: Document, verdict: Verdict) =>
        dropped.push(`${document.id} ${verdict.rule}`),
    }
    expect(
      await run(
        [rule('a', true), rule('b', false), rule('c', true)],
        [{ id: '1', text: '' }],
        options,
      ),
    ).toEqual([])
    expect(asked).toEqual(['a 1', 'b 1'])
    expect(dropped).toEqual(['1 b'])
  })

  it('annotates without dropping, and adds to earlier verdicts', async () => {
    const document = { id: '1', text: 'one two', metadata: { kept: true } }
    const [once] = await run(minimumWords(5), [document], { mode: 'annotate' })
    const [twice] = await run([minimumWords(1), placeholderPage()], [once!], { mode: 'annotate' })
    expect(twice!.metadata).toMatchObject({
      kept: true,
      verdicts: [
        { rule: 'minimumWords', keep: false, value: 2, threshold: 5 },
        { rule: 'minimumWords', keep: true, value: 2, threshold: 1 },
        { rule: 'placeholderPage', keep: true },
      ],
    })
  })

  it('keeps all conditions of a rule as scores', async () => {
    const [document] = await run(
      gopherQualityConditions(),
      [{ id: '1', text: 'the cat sat # and ...' }],
      { mode: 'annotate' },
    )
    const verdicts = document!.metadata?.verdicts
    expect(verdicts).toMatchObject([
      { rule: 'gopherQuality/words', value: 4, keep: false },
      { rule: 'gopherQuality/maxWords', value: 4, keep: true },
      { rule: 'gopherQuality/meanWordLength', value: 3, keep: true },
      { rule: 'gopherQuality/maxMeanWordLength', value: 3 },
      { rule: 'gopherQuality/hashes', value: 1 / 6, keep: false },
      { rule: 'gopherQuality/ellipses', value: 1 / 6, keep: false },
      { rule: 'gopherQuality/bulletLines', value: 0 },
      { rule: 'gopherQuality/ellipsisLines', value: 1, keep: false },
      { rule: 'gopherQuality/alphabeticWords', value: 4 / 6, keep: false },
      { rule: 'gopherQuality/stopWords', value: 2, keep: true },
    ])
  })

  it('waits for rules that load data, and reports one that cannot', async () => {
    const german = {
      id: '1',
      text: 'Das Meer war ruhig und der Himmel war klar, als wir am Morgen aufbrachen.',
    }
    expect(await run([languageIs('de'), minimumWords(1)], [german])).toEqual([german])
    await expect(run(languageIs('xx'), [german])).rejects.toThrow(
      'languageIs: expected one of am ar',
    )
  })
})

describe('languageIs', () => {
  it('judges a long text by more than its beginning', async () => {
    const english = 'The sea was calm and the sky was clear when we left in the morning. '
    const text = `${'Das ist ein kurzer deutscher Anfang. '.repeat(5)}${english.repeat(200)}`
    const verdict = (await languageIs('en'))({ id: '1', text })
    expect(verdict.keep).toBe(true)
  })
})

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0', false],
    ['LGPL-2.1+', false],
    ['MPL-2.0', false],
    ['CC-BY-4.0', true],
    ['Apache 2.0', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
    [`${'('.repeat(100_000)}MIT`, false],
  ])('licenceNot() on %j: %s', (license, kept) => {
    const document = { id: '1', text: '', license }
    expect(licenceNot()(document).keep).toBe(kept)
  })

  it('can keep what is unknown', () => {
    const rule = licenceNot('copyleft', { unknown: 'keep' })
    expect(rule({ id: '1', text: '' }).keep).toBe(true)
    expect(rule({ id: '2', text: '', license: 'custom' }).keep).toBe(true)
    expect(rule({ id: '3', text: '', license: 'AGPL-3.0' }).keep).toBe(false)
  })

  it('takes a list', () => {
    expect(licenceNot(['ISC'])({ id: '1', text: '', license: 'ISC' }).reason).toBe(
      'ISC is not allowed (not ISC)',
    )
    expect(licenceIn(['ISC'])({ id: '1', text: '', license: 'MIT OR ISC' }).keep).toBe(true)
  })
})

describe('placeholderPage', () => {
  it.each([
    ['', ''],
    ['Lorem ipsum dolor sit amet', 'lorem ipsum dolor'],
    ['Page not found. Go back to the start page.', 'page not found'],
    ['Forgot your password?', 'forgot your password'],
  ])('drops %j', (text, value) => {
    expect(placeholderPage()({ id: '1', text })).toMatchObject({ keep: false, value })
  })

  it('keeps a long text that mentions such a page', () => {
    const text = `${'A page about errors and how to handle them. '.repeat(20)} Page not found is one of them.`
    expect(placeholderPage()({ id: '1', text }).keep).toBe(true)
    expect(placeholderPage({ maxWords: 1000 })({ id: '1', text }).keep).toBe(false)
  })
})
