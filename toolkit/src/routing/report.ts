import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml'
import type { ConfigProblem } from './config-problem.ts'

/** Collects the problems of one config file while it is read and checked. */
export interface Report {
  /** A problem with a node; `key` names a member of it that is missing. */
  at(node: Node, message: string, key?: string): void
  /** A problem at an offset of the text (UTF-16 code units). */
  atOffset(offset: number, message: string): void
  /** Where the node begins: line and column from 1. */
  place(node: Node): { readonly line: number; readonly column: number }
  /** Whether anything was found so far. */
  readonly failed: boolean
  /** What was found, in the order of the file. */
  problems(root: Node | undefined): readonly ConfigProblem[]
}

interface Found {
  readonly offset: number
  readonly node: Node | undefined
  readonly key: string | undefined
  readonly message: string
}

/** How many problems of one file are listed; what is beyond is counted. */
const maxProblems = 200

/** An empty report about `file`, whose content is `text`. */
export function buildReport(text: string, file: string): Report {
  const found: Found[] = []
  const lineStarts = lineStartsOf(text)
  const placeOf = (offset: number) => placeIn(lineStarts, offset)
  let more = 0
  const add = (problem: Found) => {
    if (found.length < maxProblems) found.push(problem)
    else more++
  }
  return {
    at: (node, message, key) => add({ offset: offsetOf(node), node, key, message }),
    atOffset: (offset, message) => add({ offset, node: undefined, key: undefined, message }),
    place: (node) => placeOf(offsetOf(node)),
    get failed() {
      return found.length > 0
    },
    problems(root) {
      const paths = pathsOf(found.length === 0 ? undefined : root)
      const listed = found
        .toSorted((a, b) => a.offset - b.offset)
        .map((each) => ({ file, ...placeOf(each.offset), path: pathOf(each, paths), message: each.message }))
      if (more === 0) return listed
      return [...listed, { file, line: 1, column: 1, path: '', message: `and ${more} more problems, not listed.` }]
    },
  }
}

/** Where a node begins in the text, in UTF-16 code units. */
export function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function placeIn(lineStarts: readonly number[], offset: number): { readonly line: number; readonly column: number } {
  let low = 0
  let high = lineStarts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
}

function pathOf(found: Found, paths: ReadonlyMap<Node, string>): string {
  const path = found.node === undefined ? '' : (paths.get(found.node) ?? '')
  return found.key === undefined ? path : joined(path, found.key)
}

function pathsOf(root: Node | undefined): ReadonlyMap<Node, string> {
  const paths = new Map<Node, string>()
  const visit = (node: unknown, path: string) => {
    if (!isNode(node)) return
    paths.set(node, path)
    if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, `${path}[${index}]`)
    if (!isMap(node)) return
    for (const pair of node.items) {
      const inner = joined(path, isScalar(pair.key) ? String(pair.key.value) : '?')
      visit(pair.key, inner)
      visit(pair.value, inner)
    }
  }
  visit(root, '')
  return paths
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
