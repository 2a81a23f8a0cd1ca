import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { nearestWord, parseDurationMs } from '../base/index.ts'
import type { ConfigProblem } from '../routing/index.ts'

const maxBytes = 4 * 1024 * 1024
const maxDepth = 64
const maxIndent = 200

/** A place in the document: the node there (undefined where nothing stands) and how people call it. */
export interface Place {
  readonly node: Node | undefined
  /** `steps[2].gate.lag`. */
  readonly path: string
  /** Where to point when nothing stands there: an offset into the text. */
  readonly offset: number
}

/** Reads typed values out of a YAML document and collects every problem with its position. */
export interface Reader {
  readonly root: Place
  readonly problems: readonly ConfigProblem[]
  say(place: Place, message: string): undefined
  lineOf(place: Place): number
  /** The entries of a mapping; a key that is not `allowed` is a problem. Undefined when there is no mapping. */
  entries(place: Place, allowed: readonly string[]): ReadonlyMap<string, Place> | undefined
  items(place: Place): readonly Place[] | undefined
  /** The text of a scalar as it stands in the file; undefined for anything else. */
  word(place: Place): string | undefined
  count(place: Place): number | undefined
  /** `0.5%` as 0.005. */
  share(place: Place): number | undefined
  duration(place: Place): number | undefined
}

/** Opens a YAML text; size and nesting are bounded before it is parsed, for the parser is recursive. */
export function openReader(text: string, file: string): Reader {
  const lines = new LineCounter()
  const problems: ConfigProblem[] = []
  const sayAt = (offset: number, path: string, message: string) => {
    const { line, col } = lines.linePos(offset)
    problems.push({ file, line: Math.max(1, line), column: Math.max(1, col), path, message })
  }
  const tooMuch = excessOf(text)
  const document = parseDocument(tooMuch === undefined ? text : '', { lineCounter: lines, prettyErrors: false })
  if (tooMuch !== undefined) problems.push({ file, line: 1, column: 1, path: '', message: tooMuch })
  for (const error of document.errors) sayAt(error.pos[0], '', `${error.message}.`)
  const root: Place = { node: document.contents ?? undefined, path: '', offset: 0 }
  return {
    root,
    problems,
    lineOf: (place) => lines.linePos(offsetOf(place)).line,
    ...values((place, message) => void sayAt(offsetOf(place), place.path, message)),
  }
}

function excessOf(text: string): string | undefined {
  if (Buffer.byteLength(text) > maxBytes) return `the file is larger than ${maxBytes} bytes.`
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > maxDepth) return `the file nests deeper than ${maxDepth} levels.`
  }
  const indent = text.split('\n').some((line) => (/^[\s?:-]*/.exec(line)?.[0].length ?? 0) > maxIndent)
  return indent ? `a line is indented by more than ${maxIndent} columns.` : undefined
}

function offsetOf(place: Place): number {
  return place.node?.range?.[0] ?? place.offset
}

type Values = Omit<Reader, 'root' | 'problems' | 'lineOf'>

function values(say: (place: Place, message: string) => undefined): Values {
  const word = (place: Place) => wordOf(place)
  const parsed = <Value>(place: Place, parse: (text: string) => Value | undefined, wanted: string) =>
    parse(word(place) ?? '') ?? say(place, `${shown(place)} is not ${wanted}.`)
  return {
    say,
    word,
    entries: (place, allowed) => entriesOf(place, allowed, say),
    items: (place) => itemsOf(place) ?? say(place, 'a list is wanted here.'),
    count: (place) => parsed(place, countIn, 'a whole number of at least 1, such as 600'),
    share: (place) => parsed(place, shareIn, 'a percentage from 0% to 100%, such as 0.5%'),
    duration: (place) => parsed(place, parseDurationMs, 'a duration, such as 500ms, 30s or 5m'),
  }
}

function wordOf({ node }: Place): string | undefined {
  if (node === undefined || !isScalar(node)) return undefined
  return node.source ?? (node.value === null ? undefined : String(node.value))
}

function shown(place: Place): string {
  const word = wordOf(place)
  return word === undefined ? 'this' : `"${word.slice(0, 60)}"`
}

function countIn(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

function shareIn(text: string): number | undefined {
  const percent = /^\d{1,3}(?:\.\d{1,4})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN
  return percent <= 100 ? percent / 100 : undefined
}

function itemsOf(place: Place): readonly Place[] | undefined {
  if (place.node === undefined || !isSeq<Node>(place.node)) return undefined
  return place.node.items.map((node, index) => ({ node, path: `${place.path}[${index}]`, offset: offsetOf(place) }))
}

function entriesOf(
  place: Place,
  allowed: readonly string[],
  say: Values['say'],
): ReadonlyMap<string, Place> | undefined {
  const { node } = place
  if (node !== undefined && isAlias(node)) return say(place, 'YAML aliases are not allowed here: write the value out.')
  if (node === undefined || !isMap<Node, Node | null>(node))
    return say(place, `a mapping is wanted here: ${allowed.join(', ')}.`)
  const entries = new Map<string, Place>()
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : ''
    const path = place.path === '' ? name : `${place.path}.${name}`
    const offset = key.range?.[0] ?? offsetOf(place)
    if (allowed.includes(name)) entries.set(name, { node: presentNode(value), path, offset })
    else say({ node: key, path, offset }, unknownKey(name, allowed))
  }
  return entries
}

/** `gate:` with nothing after it parses as an empty scalar: nothing stands there. */
function presentNode(node: Node | null): Node | undefined {
  if (node === null) return undefined
  return isScalar(node) && node.value === null ? undefined : node
}

function unknownKey(name: string, allowed: readonly string[]): string {
  const near = nearestWord(name, allowed)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  return `"${name}" is not known here. Allowed: ${allowed.join(', ')}.${hint}`
}
