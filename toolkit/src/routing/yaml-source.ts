import { Composer, CST, type Document, isScalar, Lexer, type Node, Parser, type YAMLParseError } from 'yaml'
import { buildReport, type Report } from './report.ts'

/** The largest route table that is read, in bytes of UTF-8. */
export const maxFileBytes = 4 * 1024 * 1024

/** How deep collections may nest in a config file. A route table needs six levels. */
const maxNesting = 32

/** So many places that are not YAML are told; those behind them come of the first, most likely. */
const maxSyntaxErrors = 3

/** A YAML file as nodes, with the report that further checks write to; `root` is undefined when it could not be read. */
export interface YamlSource {
  readonly root: Node | undefined
  readonly report: Report
}

/**
 * Reads one YAML 1.2 document without being hurt by it: size is bounded before anything else, and nesting while the
 * iterative parser runs, before the recursive composer does (1 000 nested brackets abort a Node 20 process beyond
 * any catch). Anchors, aliases and tags are refused: a config is written out.
 */
export function readYaml(text: string, file: string): YamlSource {
  const bytes = Buffer.byteLength(text)
  const report = buildReport(bytes > maxFileBytes ? '' : text, file)
  if (bytes > maxFileBytes) report.atOffset(0, `the file has ${bytes} bytes. Allowed are ${maxFileBytes} (4 MiB).`)
  else checkCharacters(text, report)
  if (report.failed) return { root: undefined, report }
  const tokens = tokensOf(text, report)
  const root = tokens === undefined ? undefined : composed(tokens, text, report)
  return { root: report.failed ? undefined : root, report }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const strangeCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\uFFFD]|\r(?!\n)/

function checkCharacters(text: string, report: Report): void {
  if (text.startsWith('\uFEFF')) {
    report.atOffset(0, 'the file begins with a byte order mark. Save it as UTF-8 without one.')
  }
  const strange = strangeCharacter.exec(text)
  if (strange !== null) report.atOffset(strange.index, strangeMessage(strange[0]))
}

function strangeMessage(character: string): string {
  if (character === '\r') return 'a carriage return without a line feed. End lines with LF or CR LF.'
  if (character === '\uFFFD') return 'a character that is not UTF-8. Save the file as UTF-8.'
  const code = character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()
  return `a control character (U+${code}). A route table is plain UTF-8 text.`
}

function tokensOf(text: string, report: Report): readonly CST.Token[] | undefined {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let scalar = false
  for (const lexeme of new Lexer().lex(text)) {
    if (!scalar) refuseReference(lexeme, parser.offset, report)
    scalar = lexeme === CST.SCALAR
    for (const token of parser.next(lexeme)) tokens.push(token)
    // The stack also holds the document and the scalar at hand.
    if (parser.stack.length <= maxNesting + 2) continue
    report.atOffset(parser.offset - lexeme.length, `nested deeper than ${maxNesting} levels. A route table needs six.`)
    return undefined
  }
  tokens.push(...parser.end())
  return tokens
}

function refuseReference(lexeme: string, offset: number, report: Report): void {
  const first = lexeme.charCodeAt(0)
  if (first === 0x26) report.atOffset(offset, 'an anchor ("&"). Write the value where it is used.')
  else if (first === 0x2a)
    report.atOffset(offset, 'an alias ("*"). Write the value out; quote text that begins with "*".')
  else if (first === 0x21) report.atOffset(offset, 'a tag ("!"). Only plain text, numbers, lists and maps are allowed.')
}

function composed(tokens: readonly CST.Token[], text: string, report: Report): Node | undefined {
  const options = { uniqueKeys: false, prettyErrors: false } as const
  const [document, second] = new Composer(options).compose(tokens, true, text.length)
  if (second !== undefined) report.atOffset(second.range[0], 'a second document ("---"). A file holds one route table.')
  reportSyntax(document?.errors ?? [], report)
  if (!report.failed)
    for (const warning of document?.warnings ?? []) report.atOffset(warning.pos[0], syntaxMessage('', warning.message))
  if (document !== undefined && !isEmpty(document)) return document.contents ?? undefined
  report.atOffset(0, 'the file is empty. Begin with "version: 1", "upstreams:" and "routes:".')
  return undefined
}

/** The first ones: a quote that is forgotten makes a hundred of what follows it. */
function reportSyntax(errors: readonly YAMLParseError[], report: Report): void {
  for (const { pos, code, message } of errors.slice(0, maxSyntaxErrors))
    report.atOffset(pos[0], syntaxMessage(code, message))
  const next = errors[maxSyntaxErrors]
  const more = errors.length - maxSyntaxErrors
  if (next !== undefined) report.atOffset(next.pos[0], `not YAML: ${more} more from here on. Mend the first one first.`)
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line. YAML is indented with spaces only.'
  return `not YAML: ${message.replace(/\.?$/, '.')}`
}

function isEmpty(document: Document.Parsed): boolean {
  const contents = document.contents
  return contents === null || (isScalar(contents) && contents.value === null && contents.source === '')
}
