/** Colours and weight of a terminal; each returns its text as it is where there are none. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const colour = /\u001b\[\d+m/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const beforeText = /^(?:\u001b\[\d+m)*/
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const afterText = /(?:\u001b\[\d+m)*$/

/** How many columns a text takes, its colours aside. */
export function widthOf(text: string): number {
  return text.replace(colour, '').length
}

/** Fills a text with blanks to a width, its colours aside. */
export function padded(text: string, width: number, where: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return where === 'right' ? `${text}${blanks}` : `${blanks}${text}`
}

/** A blank, unless it parts the thousands of a number. */
const betweenWords = / (?!(?<=\d )\d{3}\b)/

/** A path or an address up to here stays whole, however narrow the terminal is, so that it can be copied. */
export const longestWhole = 160

/**
 * Breaks a line at its words; what follows is indented by two more. A word that is wider than all stays whole, unless nobody
 * would copy it.
 */
export function wrapLine(line: string, columns: number): readonly string[] {
  if (widthOf(line) <= columns) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = indent
  const room = Math.max(columns - indent.length - 2, 8)
  for (const whole of line.trimStart().split(betweenWords)) {
    const word = widthOf(whole) > longestWhole ? clippedPaint(whole, room) : whole
    const empty = current.trim() === ''
    if (!empty && widthOf(current) + 1 + widthOf(word) > columns) {
      lines.push(current.trimEnd())
      current = `${indent}  ${word}`
    } else current = empty ? `${current}${word}` : `${current} ${word}`
  }
  return [...lines, current]
}

/** As `clipped`, for a word that may begin or end with colours. */
function clippedPaint(word: string, width: number): string {
  const before = beforeText.exec(word)?.[0] ?? ''
  const after = afterText.exec(word)?.[0] ?? ''
  return `${before}${clipped(word.slice(before.length, word.length - after.length), width)}${after}`
}

/** Clips the words of a text, where none has to stay whole. */
export function clippedWords(text: string, width: number): string {
  return text
    .split(' ')
    .map((word) => clipped(word, width))
    .join(' ')
}

/** A text that keeps its beginning and its end where it is too long. */
export function clipped(text: string, width: number): string {
  if (text.length <= width) return text
  const tail = Math.floor((width - 1) / 3)
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`
}
