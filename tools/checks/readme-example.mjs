// The example of a README: its first TypeScript block, and the plain block right after it, if any, as what it prints.

/**
 * @param {string} markdown
 * @returns {{ code: string, output: string | undefined } | undefined} undefined without a TypeScript block
 */
export function readExample(markdown) {
  const blocks = readBlocks(markdown)
  const index = blocks.findIndex(({ language }) => language === 'ts')
  const block = blocks[index]
  if (block === undefined) return undefined
  const next = blocks[index + 1]
  const isOutput = next !== undefined && ['', 'text', 'console', 'txt'].includes(next.language)
  return {
    code: block.text,
    output: isOutput && isNear(markdown, block, next) ? next.text : undefined,
  }
}

/** Every TypeScript block of a page. @param {string} markdown @returns {string[]} */
export function readCode(markdown) {
  return readBlocks(markdown)
    .filter(({ language }) => language === 'ts')
    .map(({ text }) => text)
}

/** @typedef {{ language: string, text: string, start: number, end: number }} Block */

/** @param {string} markdown @returns {Block[]} */
function readBlocks(markdown) {
  return [...markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm)].map((match) => ({
    language: match[1]?.trim() ?? '',
    text: match[2] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** An output block follows its code with no heading between. @param {string} markdown @param {Block} block @param {Block} next */
function isNear(markdown, block, next) {
  return !/^#/m.test(markdown.slice(block.end, next.start))
}
