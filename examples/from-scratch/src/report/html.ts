/** Markup that may go into a page as it is. */
export interface Html {
  readonly markup: string
}

export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[]

/**
 * A template for markup in which every value is escaped, unless it is markup itself. Lists are joined.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { html } = await import('./html.js')
 * const name = '<b>&"'
 * expect(html`<i title="${name}">${name}${[html`<br>`]}</i>`.markup).toBe(
 *   '<i title="&lt;b&gt;&amp;&quot;">&lt;b&gt;&amp;&quot;<br></i>',
 * )
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((string, i) => (i === 0 ? string : render(values[i - 1]) + string))
  return { markup: parts.join('') }
}

/** Markup from a trusted source, such as a chart library. Never pass text of a document. */
export function trusted(markup: string): Html {
  return { markup }
}

function render(value: HtmlValue): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map(render).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters have no place in a page (a NUL is an error there), so they are shown as U+FFFD. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/\p{Cc}/gu, (control) => ('\t\n\r'.includes(control) ? control : '\ufffd'))
}
