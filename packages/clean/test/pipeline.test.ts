import { collect, pipe } from '@llm/data'
import { expect, it } from 'vitest'
import { createFunnel, extract, gopherQuality, keep, languageIs, repairText } from '../src/index.js'

it('composes with pipe, and every document is accounted for', async () => {
  const story =
    'The old man went down to the sea with the boy, and they talked of the great fish that they had seen and of the days to come. '
  const documents = [
    {
      id: 'page',
      mediaType: 'text/html',
      text: `<nav><a href=/>Home</a></nav><p>${story.repeat(3)}</p>`,
    },
    { id: 'plain', text: 'too short' },
    {
      id: 'german',
      text: 'Der alte Mann fuhr mit dem Jungen aufs Meer hinaus, und sie sprachen von dem Fisch.',
    },
    { id: 'empty', mediaType: 'text/markdown', text: '![badge](x.svg)' },
  ]
  const funnel = createFunnel()
  const kept = await collect(
    pipe(
      documents,
      funnel.stage('extract', (onDrop) => extract({ onDrop })),
      funnel.stage('repair', () => repairText()),
      funnel.stage('keep', (onDrop) =>
        keep([languageIs('en', { atLeast: 0.5 }), gopherQuality()], { onDrop }),
      ),
    ),
  )
  expect(kept.map(({ id }) => id)).toEqual(['page'])
  const { stages } = funnel.report()
  expect(
    stages.map(({ documentsIn, documentsOut, unexplained }) => [
      documentsIn,
      documentsOut,
      unexplained,
    ]),
  ).toEqual([
    [4, 3, 0],
    [3, 3, 0],
    [3, 1, 0],
  ])
  expect(stages.flatMap(({ reasons }) => reasons.map(({ rule }) => rule)).sort()).toEqual([
    'extract',
    'gopherQuality/words',
    'languageIs',
  ])
})
