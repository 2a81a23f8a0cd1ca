import { segmentsOf } from './canonical-path.ts'
import { type Decision, decide } from './decide.ts'
import { type Matched, matchRoute, methodOf, type RouteRequest } from './match.ts'
import { canonicalHost, withoutPort } from './origin.ts'
import { shapeOf } from './path-pattern.ts'
import { type FailingPredicate, failingPredicate } from './predicates.ts'
import type { Route, RouteTable, Segment } from './route.ts'

/** Why a route does not take a request. */
export interface Loser {
  readonly route: Route
  /** What does not hold; `precedence` when all holds, but another route goes before. */
  readonly lostBy: 'host' | 'path' | 'method' | 'headers' | 'query' | 'precedence'
  readonly why: string
}

/** Which route takes a request, who would serve it, and why each other route does not. */
export interface Explanation {
  readonly matched: Matched
  /** `routes.yaml:31`: where the winner (or the route whose path it is) stands. */
  readonly place: string
  readonly decision: Decision
  /** The caller's bucket where it can be told. */
  readonly bucket: number | undefined
  /** All other routes: those nearest to winning first. */
  readonly losers: readonly Loser[]
}

/** Explains how a request is routed, as if its caller had not just written. */
export function explainRoute(table: RouteTable, request: RouteRequest, caller?: string): Explanation {
  const matched = matchRoute(table, request)
  const winner = matched.kind === 'route' ? matched.route : matched.near
  const decision = decide(matched, { caller, justWrote: false, dice: 0 })
  const losers = table.routes
    .filter((route) => matched.kind === 'owner' || route !== winner)
    .map((route) => loserOf(route, matched, request))
  return {
    matched,
    place: `${table.file}:${winner.line}`,
    decision,
    bucket: decision.bucket,
    losers: losers.toSorted((a, b) => rank[b.lostBy] - rank[a.lostBy]),
  }
}

const rank = { host: 0, path: 1, query: 2, headers: 3, method: 4, precedence: 5 } as const

function loserOf(route: Route, matched: Matched, request: RouteRequest): Loser {
  const { match } = route
  const lost = (lostBy: Loser['lostBy'], why: string): Loser => ({ route, lostBy, why })
  if (!hostHolds(match.host, request.host)) return lost('host', `is for the host ${match.host}`)
  if (!pathHolds(match.segments, segmentsOf(request.path))) return lost('path', `${match.path} does not match the path`)
  if (methodOf(route, request.method) === 'other') return lost('method', `is for ${match.methods.join(', ')}`)
  const failing = failingPredicate(route, request)
  if (failing !== undefined) return lost(failing.kind === 'header' ? 'headers' : 'query', whyNot(failing))
  if (matched.kind === 'route') return lost('precedence', precedenceOf(matched.route, route))
  return lost(
    'precedence',
    `names no method, and the path is one of ${matched.capability.name}: ${matched.near.match.path}`,
  )
}

function whyNot({ kind, name, wanted, given }: FailingPredicate): string {
  const what = `the ${kind === 'header' ? 'header' : 'query parameter'} ${name}`
  return given ? `${what} is not "${wanted}"` : `${what} is missing`
}

function hostHolds(wanted: string | undefined, given: string | undefined): boolean {
  if (wanted === undefined) return true
  if (given === undefined) return false
  const host = canonicalHost(given)
  return wanted === host || wanted === withoutPort(host)
}

function pathHolds(pattern: readonly Segment[], path: readonly string[]): boolean {
  const rest = pattern.at(-1)?.kind === 'rest'
  const fixed = rest ? pattern.slice(0, -1) : pattern
  if (rest ? path.length < fixed.length : path.length !== fixed.length) return false
  return fixed.every((segment, index) =>
    segment.kind === 'literal' ? segment.text === path[index] : path[index] !== '',
  )
}

function precedenceOf(winner: Route, loser: Route): string {
  const [first, second] = [winner.match, loser.match]
  if (first.host !== second.host) return `${winner.name} names the host`
  if (shapeOf(first.segments) !== shapeOf(second.segments)) return `${first.path} is more specific than ${second.path}`
  if (first.methods.length > 0 && second.methods.length === 0) return `${winner.name} names the method`
  if (first.headers.size !== second.headers.size) return `${winner.name} asks for more headers`
  if (first.query.size !== second.query.size) return `${winner.name} asks for more query parameters`
  return winner.index < loser.index ? `${winner.name} stands earlier in the file` : `${winner.name} names HEAD`
}
