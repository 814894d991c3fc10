/** What the class and id of an element say about it. */
export type Hint = 'boilerplate' | 'doubtful' | 'none'

/**
 * Reads class and id word by word, `postFooter` and `post-footer` alike, so that `download` is no `ad`.
 *
 * The words are those of content management systems and of authors in English, German and French. "Doubtful" ones stand
 * on boilerplate more often than on text, but not much more.
 */
export function hint(names: string): Hint {
  let result: Hint = 'none'
  if (names === '') return result
  for (const [raw] of names.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) {
    const word = raw.toLowerCase()
    if (boilerplate.has(word)) return 'boilerplate'
    if (doubtful.has(word)) result = 'doubtful'
  }
  return result
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

const boilerplate = /* @__PURE__ */ set(
  'nav navi navbar navigation menu submenu breadcrumb breadcrumbs footer foot contentinfo colophon copyright ' +
    'disclaimer imprint sidebar aside complementary widget textwidget comment comments kommentar kommentare ' +
    'commentaires commentlist disqus respond reply share sharing sharedaddy shariff jetpack related relatedposts ' +
    'similar recommended teaser teasers anzeige werbung sponsored cookie gdpr consent newsletter subscribe ' +
    'subscription login signup pager pagination paging pagenavi tags tagcloud breadcrumbnav searchform dropdown ' +
    'popup tooltip rating ratings skip nocontent taxonomy recent trending outbrain taboola vgwort',
)

const doubtful = /* @__PURE__ */ set(
  'ad ads adv advert advertisement promo promotion banner sponsor social socials meta author authorbox bio byline ' +
    'print search links modal overlay popular recommendations menue suche register toolbar notes caption',
)
