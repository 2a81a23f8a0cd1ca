import { segmentsOf } from './canonical-path.ts'
import { canonicalHost, withoutPort } from './origin.ts'
import { failingPredicate } from './predicates.ts'
import type { Capability, Route, RouteTable } from './route.ts'
import type { PathNode, Planted } from './route-index.ts'

/** What of a request decides its route. */
export interface RouteRequest {
  /** As received: methods are case-sensitive (RFC 9110, section 9.1). */
  readonly method: string
  /** From `canonicalPath`. */
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
  /** The Host, in any case, with or without a port. */
  readonly host: string | undefined
  /** The value of a header by its lower-case name. */
  header(name: string): string | undefined
}

/**
 * The route of a request; or, for a path of a capability with a method that no route names, the capability's
 * owner, with the route (`near`) whose path it is.
 */
export type Matched =
  | {
      readonly kind: 'route'
      readonly method: string
      readonly route: Route
    }
  | { readonly kind: 'owner'; readonly method: string; readonly capability: Capability; readonly near: Route }

/**
 * The route that takes a request. Precedence in the words of the Kubernetes Gateway API (HTTPRouteRule, "matches"):
 * a named host before none; then exact path, then a path with parameters (literals before parameters, from the left),
 * then the longest prefix; then a named method; then more headers; then more query parameters; then the route that
 * stands earlier in the file. GET takes HEAD, after a route that names HEAD at the same place.
 * A valid route table has a catch-all, so there always is a result; throws on one that was made by hand without.
 */
export function matchRoute(table: RouteTable, request: RouteRequest): Matched {
  const search: Search = { request, segments: segmentsOf(request.path), near: undefined }
  const route = searchHosts(table, search)
  const owner = ownerOf(search, route)
  if (owner !== undefined) return owner
  if (route === undefined) throw new Error('a route table without a catch-all')
  return { kind: 'route', method: request.method, route }
}

interface Search {
  readonly request: RouteRequest
  readonly segments: readonly string[]
  /** The first route of a capability that matches in all but its method. */
  near: Route | undefined
}

function searchHosts(table: RouteTable, search: Search): Route | undefined {
  const { hosts, anyHost } = table.index
  if (hosts.size === 0 || search.request.host === undefined) return searchPaths(anyHost, search)
  const host = canonicalHost(search.request.host)
  const exact = hosts.get(host)
  const portless = withoutPort(host)
  const named = portless === host ? undefined : hosts.get(portless)
  return (exact && searchPaths(exact, search)) ?? (named && searchPaths(named, search)) ?? searchPaths(anyHost, search)
}

function searchPaths(root: PathNode, search: Search): Route | undefined {
  const prefixes: (PathNode[] | undefined)[] = []
  const exact = walk(root, 0, search, prefixes)
  if (exact !== undefined) return exact
  for (let depth = prefixes.length - 1; depth >= 0; depth--) {
    for (const node of prefixes[depth] ?? []) {
      const route = best(node.rest, search)
      if (route !== undefined) return route
    }
  }
  return undefined
}

// Literals first, from the left: the first whole match is the most specific one. Prefixes met on the way are kept by
// depth, for a longer one goes before a shorter one wherever it was met.
function walk(node: PathNode, depth: number, search: Search, prefixes: (PathNode[] | undefined)[]): Route | undefined {
  if (node.rest !== undefined) {
    const level = prefixes[depth]
    if (level === undefined) prefixes[depth] = [node]
    else level.push(node)
  }
  const segment = search.segments[depth]
  if (segment === undefined) return best(node.exact, search)
  const literal = node.literals?.get(segment)
  const route = literal === undefined ? undefined : walk(literal, depth + 1, search, prefixes)
  if (route !== undefined || node.parameter === undefined || segment === '') return route
  return walk(node.parameter, depth + 1, search, prefixes)
}

function best(planted: Planted | undefined, search: Search): Route | undefined {
  let found: Route | undefined
  for (let each = planted; each !== undefined; each = each.next) {
    const { route } = each
    const method = methodOf(route, search.request.method)
    if (method === 'other' && (search.near !== undefined || route.target.kind !== 'capability')) continue
    if (failingPredicate(route, search.request) !== undefined) continue
    if (method === 'named') return route
    if (method === 'other') search.near ??= route
    else found ??= route
  }
  return found
}

/** How a route stands to a method: names it, takes HEAD because it names GET, takes any, or is for others. */
export function methodOf(route: Route, method: string): 'named' | 'head' | 'any' | 'other' {
  const { methods } = route.match
  if (methods.length === 0) return 'any'
  if (methods.includes(method)) return 'named'
  return method === 'HEAD' && methods.includes('GET') ? 'head' : 'other'
}

function ownerOf(search: Search, winner: Route | undefined): Matched | undefined {
  const { near, request } = search
  if (near === undefined || near.target.kind !== 'capability') return undefined
  const { capability } = near.target
  if (winner !== undefined && methodOf(winner, request.method) !== 'any') return undefined
  if (winner?.target.kind === 'capability' && winner.target.capability === capability) return undefined
  return { kind: 'owner', method: request.method, capability, near }
}
