import { createHash } from 'node:crypto'
import type { Json } from '../../base/index.ts'
import { canonicalDecimal, fitsDouble } from './decimal.ts'
import { fingerprint } from './fingerprint.ts'
import { Exact, type Value } from './value.ts'

/** An array or object that is being read; of an object, `key` waits for its value. */
type Open =
  | { readonly type: 'array'; readonly items: Value[] }
  | { readonly type: 'object'; readonly members: Map<string, Value>; key: string | undefined }

/**
 * A JSON text, which must be one, as a value in which nothing is lost: a number that a double cannot hold stands as its decimal, each value
 * of a duplicate key but the last as `key (1)`, `key (2)`, and what lies deeper than `maxDepth` as a digest. It does not
 * recurse: a text may nest without end.
 */
export function parseExactly(text: string, maxDepth: number): Value {
  const open: Open[] = []
  let root: Value = null
  const put = (value: Value) => {
    const last = open.at(-1)
    if (last === undefined) root = value
    else putInto(last, value)
  }
  for (const token of tokensOf(text)) {
    if (token === '[') open.push({ type: 'array', items: [] })
    else if (token === '{') open.push({ type: 'object', members: new Map(), key: undefined })
    else if (token === ']' || token === '}') {
      const closed = open.pop()
      if (closed !== undefined) put(folded(closedValue(closed), open.length, maxDepth))
    } else put(leafOf(token))
  }
  return root
}

const punctuationOrWord = /[[\]{}]|-?\d[\d.eE+-]*|[a-z]+|"/g

/** Brackets, and the text of each string, number and word. The text is JSON: what stands between them says nothing. */
function* tokensOf(text: string): Generator<string> {
  const next = new RegExp(punctuationOrWord)
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    if (found[0] !== '"') {
      yield found[0]
      continue
    }
    const end = endOfString(text, found.index)
    next.lastIndex = end
    yield text.slice(found.index, end)
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function leafOf(token: string): Value {
  if (/^[-\d]/.test(token) && !fitsDouble(token)) return new Exact('number', canonicalDecimal(token))
  const value: Json = JSON.parse(token)
  return value
}

function putInto(into: Open, value: Value): void {
  if (into.type === 'array') into.items.push(value)
  else if (into.key === undefined) into.key = String(value)
  else {
    const { members, key } = into
    const before = members.get(key)
    if (before !== undefined) members.set(freeName(key, members), before)
    members.set(key, value)
    into.key = undefined
  }
}

function freeName(key: string, members: ReadonlyMap<string, Value>): string {
  let count = 1
  while (members.has(`${key} (${count})`)) count += 1
  return `${key} (${count})`
}

function closedValue(closed: Open): Value {
  return closed.type === 'array' ? closed.items : Object.fromEntries(closed.members)
}

/** How much of a deep value is kept as text before it becomes a digest: one digest a level takes a second. */
const maxFoldedText = 4096

/** What is too deep to be walked is compared whole: by its text, of which what grows long becomes a digest. */
function folded(value: Value, depth: number, maxDepth: number): Value {
  if (depth < maxDepth || typeof value !== 'object' || value === null) return value
  const type = Array.isArray(value) ? 'array' : 'object'
  const text = fingerprint(value, undefined)
  if (depth === maxDepth) return new Exact(type, `nested deeper than ${maxDepth} levels, sha256 ${digestOf(text)}`)
  return new Exact(type, text.length > maxFoldedText ? digestOf(text) : text)
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
