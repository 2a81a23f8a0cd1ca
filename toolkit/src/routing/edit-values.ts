import { isCollection, isMap, isNode, isScalar, type Node, type Pair, type YAMLMap } from 'yaml'
import type { Edit } from './edit.ts'

/** What to write into a map of a route table: values by key, and where a key that is not written yet belongs. */
export interface NewValues {
  readonly values: Readonly<Record<string, string>>
  /** Keys from the last to the first: a new key is inserted behind the first of those after it that is written. */
  readonly order: readonly string[]
}

/**
 * The edits that write values into a map of `text`: the value's bytes where the key is written (quotes stay), else
 * a new key behind its neighbour, in the layout of the map.
 */
export function editValues(text: string, map: YAMLMap, { values, order }: NewValues): readonly Edit[] {
  const edits = Object.entries(values).map(([key, value]) => {
    const pair = pairOf(map, key)
    if (pair !== undefined) return replacement(text, pair, value)
    return insertion(text, map, { key, value, after: anchorOf(map, order.slice(order.indexOf(key) + 1)) })
  })
  return merged(edits.toSorted((a, b) => a.offset - b.offset))
}

function replacement(text: string, pair: Pair<Node, Node>, value: string): Edit {
  const [start, end] = rangeOf(pair.value ?? pair.key)
  const old = text.slice(start, end)
  const quote = old.startsWith('"') || old.startsWith("'") ? old.charAt(0) : ''
  // A block scalar (">-") ends with its last line's end, which the next key needs.
  const lineEnd = /\r?\n$/.exec(old)?.[0] ?? ''
  return { offset: start, old, new: `${quote}${value}${quote}${lineEnd}` }
}

interface NewKey {
  readonly key: string
  readonly value: string
  readonly after: Pair<Node, Node>
}

function insertion(text: string, map: YAMLMap, { key, value, after }: NewKey): Edit {
  const end = endOfLeaf(after.value ?? after.key)
  if (map.flow === true) return { offset: end, old: '', new: `, ${key}: ${value}` }
  const lineFeed = text.indexOf('\n', end)
  const lineEnd = lineFeed === -1 ? text.length : lineFeed - (text[lineFeed - 1] === '\r' ? 1 : 0)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  return { offset: lineEnd, old: '', new: `${newline}${indentOf(text, map)}${key}: ${value}` }
}

function anchorOf(map: YAMLMap, keys: readonly string[]): Pair<Node, Node> {
  for (const key of keys) {
    const pair = pairOf(map, key)
    if (pair !== undefined) return pair
  }
  throw new Error(`a map with none of ${keys.join(', ')}`)
}

function pairOf(map: YAMLMap, key: string): Pair<Node, Node> | undefined {
  return (map.items as Pair<Node, Node>[]).find((pair) => isScalar(pair.key) && pair.key.value === key)
}

function indentOf(text: string, map: YAMLMap): string {
  const [start] = rangeOf((map.items as Pair<Node, Node>[])[0]?.key ?? map)
  return ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))
}

// A block collection ends where the next key begins; its last leaf ends where its last line does.
function endOfLeaf(node: Node): number {
  if (!isCollection(node) || node.flow === true) return rangeOf(node)[1]
  const last = node.items.at(-1)
  const leaf = isMap(node) ? ((last as Pair<Node, Node | null>).value ?? (last as Pair<Node, Node>).key) : last
  return isNode(leaf) ? endOfLeaf(leaf) : rangeOf(node)[1]
}

function rangeOf(node: Node): readonly [number, number] {
  if (node.range === undefined || node.range === null) throw new Error('a node that was not read from a text')
  return [node.range[0], node.range[1]]
}

// Two keys that are inserted at one place become one edit, so that edits never share an offset.
function merged(edits: readonly Edit[]): readonly Edit[] {
  const result: Edit[] = []
  for (const edit of edits) {
    const last = result.at(-1)
    if (last?.offset !== edit.offset) result.push(edit)
    else result[result.length - 1] = { ...last, old: last.old + edit.old, new: last.new + edit.new }
  }
  return result
}
