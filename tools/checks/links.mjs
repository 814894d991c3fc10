// Links between the Markdown files of the repository: the file is there, and so is the heading.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { repositoryFiles } from './files.mjs'

/** @param {string} base @returns {import('./report.mjs').Report} */
export function checkLinks(base) {
  const files = repositoryFiles(base).filter(
    (file) => file.endsWith('.md') && !file.includes('/fixtures/'),
  )
  let links = 0
  const problems = files.flatMap((file) =>
    linksOf(readFileSync(join(base, file), 'utf8')).flatMap((target) => {
      links++
      const problem = problemWith(base, join(base, file), target)
      return problem === undefined ? [] : [`${file}: ${target}: ${problem}`]
    }),
  )
  return { problems, detail: `${links} links in ${files.length} pages` }
}

/** The targets of `[text](target)` and `[name]: target`, outside code, without those to other sites. @param {string} markdown */
export function linksOf(markdown) {
  const prose = withoutCode(markdown)
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)\n]*\)/g)].map(
    ([, target = '']) => target,
  )
  const named = [...prose.matchAll(/^ {0,3}\[[^\]\n]+\]:\s*(\S+)/gm)].map(
    ([, target = '']) => target,
  )
  return [...inline, ...named].filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
}

/** The anchors GitHub and VitePress give to the headings of a page. @param {string} markdown */
export function anchorsOf(markdown) {
  /** @type {Map<string, number>} */
  const seen = new Map()
  return [...withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(
    ([, heading = '']) => {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-')
      const times = seen.get(slug) ?? 0
      seen.set(slug, times + 1)
      return times === 0 ? slug : `${slug}-${times}`
    },
  )
}

/** @param {string} base @param {string} from @param {string} target @returns {string | undefined} */
function problemWith(base, from, target) {
  const [path = '', anchor] = target.split('#')
  const site = join(base, 'docs')
  // Made from the sources when the site is built, which checks these links itself.
  if (path.startsWith('/api/')) return undefined
  const file =
    path === '' ? from : path.startsWith('/') ? join(site, path) : resolve(dirname(from), path)
  const page = [file, `${file}.md`, join(file, 'index.md')].find(
    (candidate) => existsSync(candidate) && (candidate !== file || !isSitePage(site, file)),
  )
  if (page === undefined) return `no ${relative(base, file)}`
  if (anchor === undefined || !page.endsWith('.md')) return undefined
  return anchorsOf(readFileSync(page, 'utf8')).includes(anchor)
    ? undefined
    : `no heading #${anchor}`
}

/** In the site a folder is its index page. @param {string} site @param {string} file */
function isSitePage(site, file) {
  return file.startsWith(site) && statSync(file).isDirectory()
}

/** @param {string} markdown */
function withoutCode(markdown) {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, '')
}

/** @param {string} markdown */
function withoutFences(markdown) {
  let fence = ''
  return markdown
    .split('\n')
    .filter((line) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
      if (fence === '' && mark !== '') {
        fence = mark
        return false
      }
      if (fence !== '' && mark.startsWith(fence)) {
        fence = ''
        return false
      }
      return fence === ''
    })
    .join('\n')
}
