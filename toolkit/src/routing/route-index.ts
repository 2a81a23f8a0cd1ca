import type { Route } from './route.ts'

/** The routes of a route table in tries of path segments: one per host, and one for routes that name no host. */
export interface RouteIndex {
  readonly hosts: ReadonlyMap<string, PathNode>
  readonly anyHost: PathNode
}

/** A place in a trie. Routes of one place match the same paths; they stand in their order of precedence. */
export interface PathNode {
  readonly literals: ReadonlyMap<string, PathNode>
  readonly parameter: PathNode | undefined
  /** Routes whose path ends here. */
  readonly exact: readonly Route[]
  /** Routes whose path goes on with `*` here. */
  readonly rest: readonly Route[]
}

interface GrowingNode extends PathNode {
  readonly literals: Map<string, GrowingNode>
  parameter: GrowingNode | undefined
  exact: Route[]
  rest: Route[]
}

/** Builds the index of all routes; once per route table. */
export function indexRoutes(routes: readonly Route[]): RouteIndex {
  const hosts = new Map<string, GrowingNode>()
  const anyHost = emptyNode()
  for (const route of routes.toSorted(byPrecedenceAtOnePlace)) {
    const root = route.match.host === undefined ? anyHost : childOf(hosts, route.match.host)
    plant(root, route)
  }
  return { hosts, anyHost }
}

/** Precedence among routes that match the same paths: a method, then more headers, more query, earlier in the file. */
function byPrecedenceAtOnePlace(a: Route, b: Route): number {
  return (
    Number(b.match.methods.length > 0) - Number(a.match.methods.length > 0) ||
    b.match.headers.size - a.match.headers.size ||
    b.match.query.size - a.match.query.size ||
    a.index - b.index
  )
}

function plant(root: GrowingNode, route: Route): void {
  let node = root
  for (const segment of route.match.segments) {
    if (segment.kind === 'rest') {
      node.rest.push(route)
      return
    }
    if (segment.kind === 'literal') node = childOf(node.literals, segment.text)
    else {
      node.parameter ??= emptyNode()
      node = node.parameter
    }
  }
  node.exact.push(route)
}

function childOf(children: Map<string, GrowingNode>, key: string): GrowingNode {
  const known = children.get(key)
  if (known !== undefined) return known
  const child = emptyNode()
  children.set(key, child)
  return child
}

function emptyNode(): GrowingNode {
  return { literals: new Map(), parameter: undefined, exact: [], rest: [] }
}
