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

/** Breaks a line at its words; what follows is indented by two more. A word that is wider than all stays whole. */
export function wrapLine(line: string, columns: number): readonly string[] {
  if (widthOf(line) <= columns) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = indent
  for (const word of line.trimStart().split(betweenWords)) {
    const empty = current.trim() === ''
    if (!empty && widthOf(current) + 1 + widthOf(word) > columns) {
      lines.push(current.trimEnd())
      current = `${indent}  ${word}`
    } else current = empty ? `${current}${word}` : `${current} ${word}`
  }
  return [...lines, current]
}

/** A text that keeps its beginning and its end where it is too long. */
export function clipped(text: string, width: number): string {
  if (text.length <= width) return text
  const tail = Math.floor((width - 1) / 3)
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`
}
