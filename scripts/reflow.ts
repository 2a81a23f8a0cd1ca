/** Paragraphs (parted by empty lines) laid anew, so that no line is wider than `columns` and none breaks in a word. */
export function reflow(text: string, columns: number): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => fill(paragraph.split(/\s+/), columns))
    .join('\n\n')
}

function fill(words: readonly string[], columns: number): string {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}
