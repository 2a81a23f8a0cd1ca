import type { Route } from './route.ts'

/** The routes of a route table by name, and in tries of path segments: one per host, and one for routes that name no host. */
export interface RouteIndex {
  readonly names: ReadonlyMap<string, Route>
  readonly hosts: ReadonlyMap<string, PathNode>
  readonly anyHost: PathNode
}

/** A place in a trie. Routes of one place match the same paths. */
export interface PathNode {
  /** Undefined: none. Most places have none, and ten thousand empty maps are megabytes. */
  readonly literals: ReadonlyMap<string, PathNode> | undefined
  readonly parameter: PathNode | undefined
  /** Routes whose path ends here. */
  readonly exact: Planted | undefined
  /** Routes whose path goes on with `*` here. */
  readonly rest: Planted | undefined
}

/**
 * The routes of one place in their order of precedence, as a linked list: nearly all places have one route, and where routes are
 * many each object on the way to it is a wait for memory.
 */
export interface Planted {
  readonly route: Route
  readonly next: Planted | undefined
}

interface GrowingNode {
  literals: Map<string, GrowingNode> | undefined
  parameter: GrowingNode | undefined
  exact: GrowingPlanted | undefined
  rest: GrowingPlanted | undefined
}

interface GrowingPlanted {
  readonly route: Route
  next: GrowingPlanted | undefined
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
  const names = new Map<string, Route>()
  const hosts = new Map<string, GrowingNode>()
  const anyHost = emptyNode()
  return {
    index: { names, hosts, anyHost },
    add: (route) => {
      names.set(route.name, route)
      const { host } = route.match
      plant(host === undefined ? anyHost : childOf(hosts, host), route)
    },
  }
}

function plant(root: GrowingNode, route: Route): void {
  let node = root
  for (const segment of route.match.segments) {
    if (segment.kind === 'rest') {
      node.rest = withRoute(node.rest, route)
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
  node.exact = withRoute(node.exact, route)
}

function withRoute(first: GrowingPlanted | undefined, route: Route): GrowingPlanted {
  if (first === undefined || precedes(route, first.route)) return { route, next: first }
  let before = first
  while (before.next !== undefined && !precedes(route, before.next.route)) before = before.next
  before.next = { route, next: before.next }
  return first
}

/** Precedence among routes that match the same paths: a method, then more headers, more query; else who is earlier in the file. */
function precedes(later: Route, earlier: Route): boolean {
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
  return { literals: undefined, parameter: undefined, exact: undefined, rest: undefined }
}
