/**
 * Breaks lines that are wider than `columns` at words; what follows is indented two more than the line itself. A word
 * that is wider than all is left whole, so that a path or an address can be copied.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns))
    .join('\n')
}

function wrapLine(line: string, columns: number): readonly string[] {
  if (line.length <= columns) return [line]
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `
  const lines: string[] = []
  let current = indent.slice(2)
  for (const word of line.trim().split(/(?<=\S) /)) {
    const isFirst = current.trim() === ''
    if (!isFirst && current.length + 1 + word.length > columns) {
      lines.push(current)
      current = `${indent}${word}`
    } else current = isFirst ? `${current}${word}` : `${current} ${word}`
  }
  return [...lines, current]
}
