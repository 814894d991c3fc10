/**
 * What the class and id of an element say about it: -1 boilerplate, 1 content, 0 nothing.
 *
 * Names are compared word by word, `postContent` and `post-content` alike, so that `download` is no `ad`. Boilerplate
 * words win: `article-share` is not the article.
 */
export function hint(names: string): -1 | 0 | 1 {
  if (names === '') return 0
  let content = false
  for (const [raw] of names.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) {
    const word = raw.toLowerCase()
    if (boilerplate.has(word)) return -1
    if (contentWords.has(word)) content = true
  }
  return content ? 1 : 0
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

const boilerplate = /* @__PURE__ */ set(
  'nav navi navbar navigation menu menue submenu breadcrumb breadcrumbs footer foot sidebar sidebars aside widget ' +
    'widgets comment comments kommentar kommentare disqus respond reply share sharing shariff social socials ' +
    'sharedaddy related relatedposts similar recommended recommendations popular trending teaser teasers promo ' +
    'promotion promoted ad ads adv advert advertisement banner sponsor sponsored anzeige werbung cookie cookies ' +
    'consent gdpr newsletter subscribe subscription login signup register search searchform suche pager pagination ' +
    'paging pagenavi tags tagcloud tag toolbar popup modal overlay lightbox tooltip dropdown copyright disclaimer ' +
    'imprint byline author bio authorbox avatar meta postmeta metadata rating ratings print skip hidden invisible ' +
    'sr legal contentinfo complementary complement rss outbrain taboola vgwort jetpack',
)

const contentWords = /* @__PURE__ */ set(
  'article articles articlebody content contents entry main maincontent post posts story storybody text body ' +
    'bodytext artikel inhalt beitrag page',
)
