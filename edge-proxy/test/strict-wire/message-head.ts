/** A header line: its name as written, its value without the blanks around it. */
export type HeaderLine = readonly [name: string, value: string]

/** The head of a message: its first line, its header lines, and where its body begins. */
export interface Head {
  readonly firstLine: string
  readonly headers: readonly HeaderLine[]
  readonly bodyAt: number
}

/** `more`: not whole yet. `wrong`: no continuation makes it a message. */
export type Found<Value> = Value | { readonly more: true } | { readonly wrong: string }

const name = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const headerLine = new RegExp(`^(${name}):[ \\t]*(.*?)[ \\t]*$`)
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\0-\x08\x0a-\x1f\x7f]/

/** Reads the head that begins at `from` of latin1 text, by the letter of RFC 9112, sections 2 to 5: CR LF, no folds. */
export function readHead(text: string, from: number): Found<Head> {
  const end = text.indexOf('\r\n\r\n', from)
  const lines = text.slice(from, end < 0 ? undefined : end).split('\r\n')
  const broken = lines.find((line, i) =>
    controls.test(i === lines.length - 1 && end < 0 ? line.replace(/\r$/, '') : line),
  )
  if (broken !== undefined) return { wrong: `a control character in ${JSON.stringify(broken.slice(0, 80))}` }
  if (end < 0) return { more: true }
  const [firstLine = '', ...rest] = lines
  const headers = readLines(rest)
  return 'wrong' in headers ? headers : { firstLine, headers, bodyAt: end + 4 }
}

/** Reads header or trailer lines. */
export function readLines(lines: readonly string[]): readonly HeaderLine[] | { readonly wrong: string } {
  const headers: HeaderLine[] = []
  for (const line of lines) {
    const [, key, value] = headerLine.exec(line) ?? []
    if (key === undefined || value === undefined)
      return { wrong: `no header line: ${JSON.stringify(line.slice(0, 80))}` }
    headers.push([key, value])
  }
  return headers
}

/** The values of one header (lower-case name), in order. */
export function valuesOf(headers: readonly HeaderLine[], wanted: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value)
}
