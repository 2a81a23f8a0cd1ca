import { isCollection, isMap, isNode, isScalar, type Node, type Pair, type YAMLMap } from 'yaml'
import type { RouteDocument } from './document.ts'
import type { Edit } from './edit.ts'

/**
 * The edits that write knobs into a route of `text`: the value's bytes where the knob is written (quotes stay), else
 * a new key behind `match` or `serve`, in the layout of the route's map.
 */
export function editKnobs(
  text: string,
  route: RouteDocument,
  knobs: Readonly<Record<string, string>>,
): readonly Edit[] {
  const edits = Object.entries(knobs).map(([knob, value]) => {
    const pair = pairOf(route.node, knob)
    return pair === undefined ? insertion(text, route.node, { knob, value }) : replacement(text, pair, value)
  })
  return merged(edits.toSorted((a, b) => a.offset - b.offset))
}

function replacement(text: string, pair: Pair<Node, Node>, value: string): Edit {
  const [start, end] = rangeOf(pair.value ?? pair.key)
  const old = text.slice(start, end)
  const quote = old.startsWith('"') || old.startsWith("'") ? old.charAt(0) : ''
  return { offset: start, old, new: `${quote}${value}${quote}` }
}

interface NewKey {
  readonly knob: string
  readonly value: string
}

function insertion(text: string, map: YAMLMap, { knob, value }: NewKey): Edit {
  const after = anchorOf(map, knob)
  const end = endOfLeaf(after.value ?? after.key)
  if (map.flow === true) return { offset: end, old: '', new: `, ${knob}: ${value}` }
  const lineFeed = text.indexOf('\n', end)
  const lineEnd = lineFeed === -1 ? text.length : lineFeed - (text[lineFeed - 1] === '\r' ? 1 : 0)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  return { offset: lineEnd, old: '', new: `${newline}${indentOf(text, map)}${knob}: ${value}` }
}

const order = ['shadow', 'serve', 'match', 'capability']

function anchorOf(map: YAMLMap, knob: string): Pair<Node, Node> {
  for (const key of order.slice(order.indexOf(knob) + 1)) {
    const pair = pairOf(map, key)
    if (pair !== undefined) return pair
  }
  throw new Error('a capability\'s route without "capability"')
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
