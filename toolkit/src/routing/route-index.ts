import type { Route } from './route.ts'

/**
 * The routes of a route table in tries of path segments: one per host, and one for routes that name no host. They stand
 * in it by their position in the file, so that it holds for every route table with the same matches.
 */
export interface RouteIndex {
  readonly hosts: ReadonlyMap<string, PathNode>
  readonly anyHost: PathNode
}

/** A place in a trie. Routes of one place match the same paths; they stand in their order of precedence. */
export interface PathNode {
  /** Undefined: none. Most places have none, and ten thousand empty maps are megabytes. */
  readonly literals: ReadonlyMap<string, PathNode> | undefined
  readonly parameter: PathNode | undefined
  /** Routes whose path ends here. */
  readonly exact: readonly number[]
  /** Routes whose path goes on with `*` here. */
  readonly rest: readonly number[]
}

interface GrowingNode {
  literals: Map<string, GrowingNode> | undefined
  parameter: GrowingNode | undefined
  exact: number[]
  rest: number[]
}

/** An index that grows by one route at a time. */
export interface GrowingIndex {
  readonly index: RouteIndex
  /** Adds the route that stands in the file behind those that were added before. */
  add(route: Route): void
}

/** The index of all routes; once per route table. */
export function indexRoutes(routes: readonly Route[]): RouteIndex {
  const { index, add } = buildGrowingIndex()
  for (const route of routes) add(route)
  return index
}

/** Builds an index without a route. */
export function buildGrowingIndex(): GrowingIndex {
  const hosts = new Map<string, GrowingNode>()
  const anyHost = emptyNode()
  const routes: Route[] = []
  return {
    index: { hosts, anyHost },
    add: (route) => {
      routes.push(route)
      const { host } = route.match
      const root = host === undefined ? anyHost : childOf(hosts, host)
      plant(root, routes)
    },
  }
}

/** Plants the last of the routes. */
function plant(root: GrowingNode, routes: readonly Route[]): void {
  let node = root
  for (const segment of routes.at(-1)?.match.segments ?? []) {
    if (segment.kind === 'rest') {
      node.rest = withLast(node.rest, routes)
      return
    }
    if (segment.kind === 'literal') {
      node.literals ??= new Map()
      node = childOf(node.literals, segment.text)
    } else {
      node.parameter ??= emptyNode()
      node = node.parameter
    }
  }
  node.exact = withLast(node.exact, routes)
}

const none: number[] = []

/** The positions of one place, with that of the last route in its order of precedence. */
function withLast(positions: number[], routes: readonly Route[]): number[] {
  const last = routes.length - 1
  if (positions === none) return [last]
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (precedes(routes[last], routes[positions[middle] ?? 0])) high = middle
    else low = middle + 1
  }
  positions.splice(low, 0, last)
  return positions
}

/** Precedence among routes that match the same paths: a method, then more headers, more query; else who is earlier in the file. */
function precedes(later: Route | undefined, earlier: Route | undefined): boolean {
  if (later === undefined || earlier === undefined) return false
  const [a, b] = [later.match, earlier.match]
  const order =
    Number(b.methods.length > 0) - Number(a.methods.length > 0) ||
    b.headers.size - a.headers.size ||
    b.query.size - a.query.size
  return order < 0
}

function childOf(children: Map<string, GrowingNode>, key: string): GrowingNode {
  const known = children.get(key)
  if (known !== undefined) return known
  const child = emptyNode()
  children.set(key, child)
  return child
}

function emptyNode(): GrowingNode {
  return { literals: undefined, parameter: undefined, exact: none, rest: none }
}
