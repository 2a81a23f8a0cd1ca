import type { EdgeLimits } from './limits-rule.ts'
import type { Route, RouteMatch, RouteTable, RouteTarget, Segment, Serve } from './route.ts'
import { type Shared, wordOf } from './shared.ts'

/** A route without what most routes have in common, and with names where it leads to upstreams and capabilities. */
export interface PackedRoute extends Pick<Route, 'name' | 'index' | 'line' | 'expose'> {
  readonly match: Pick<RouteMatch, 'host' | 'path'>
  readonly segments: readonly PackedSegment[]
  /** Joined by commas. */
  readonly methods: string
  /** Undefined: it asks for none. */
  readonly predicates: Pick<RouteMatch, 'headers' | 'query'> | undefined
  readonly target: PackedTarget
  /** Undefined: as the defaults are. */
  readonly rules: PackedRules | undefined
}

/** A literal's text, a parameter, or null for the rest. */
type PackedSegment = string | { readonly parameter: string } | null

interface PackedRules extends Pick<Route, 'policy' | 'rates' | 'rewrite'> {
  /** Undefined: those of the edge. */
  readonly limits: Route['limits'] | undefined
}

type CapabilityTarget = Extract<RouteTarget, { readonly kind: 'capability' }>
type PackedTarget =
  | (Omit<CapabilityTarget, 'capability'> & { readonly capability: string })
  | { readonly kind: 'upstream'; readonly upstream: string; readonly serviceOf: string | undefined }

/** Packs one route of a route table with these limits. */
export function packRoute(route: Route, { request }: EdgeLimits): PackedRoute {
  const { name, index, line, match, target, policy, rates, limits, rewrite, expose } = route
  const { host, path, segments, methods, headers, query } = match
  const isUsual = isUsualPolicy(policy) && rates.length === 0 && limits === request && rewrite === undefined
  return {
    ...{ name, index, line, expose },
    match: { host, path },
    segments: segments.map(packSegment),
    methods: methods.join(),
    predicates: headers.size + query.size === 0 ? undefined : { headers, query },
    target: packTarget(target),
    rules: isUsual ? undefined : { policy, rates, rewrite, limits: limits === request ? undefined : limits },
  }
}

/** What a packed route refers to. */
export interface AroundRoute extends Pick<RouteTable, 'limits' | 'upstreams' | 'capabilities'> {
  readonly shared: Shared
}

/** Unpacks one route. It has its members in the order of `compile`, so that requests meet one kind of object (V8). */
export function unpackRoute(packed: PackedRoute, around: AroundRoute): Route {
  const { name, index, line, match, predicates, target, rules, expose } = packed
  const { host, path } = match
  const segments = packed.segments.map((segment) => unpackSegment(segment, around.shared))
  const methods = around.shared.methods(packed.methods)
  const { headers, query } = predicates ?? noPredicates
  return {
    name,
    index,
    line,
    match: { host, path, segments, methods, headers, query },
    target: unpackTarget(target, around),
    policy: rules?.policy ?? usualPolicy,
    rates: rules?.rates ?? noRates,
    limits: rules?.limits ?? around.limits.request,
    rewrite: rules?.rewrite,
    expose,
  }
}

const noPredicates: Pick<RouteMatch, 'headers' | 'query'> = { headers: new Map(), query: new Map() }
const noRates: Route['rates'] = []
const usualPolicy: Route['policy'] = { timeouts: undefined, retry: true, fallback: undefined }

function isUsualPolicy({ timeouts, retry, fallback }: Route['policy']): boolean {
  return timeouts === undefined && retry && fallback === undefined
}

function packSegment(segment: Segment): PackedSegment {
  if (segment.kind === 'literal') return segment.text
  return segment.kind === 'rest' ? null : { parameter: segment.name }
}

const rest: Segment = { kind: 'rest' }

function unpackSegment(packed: PackedSegment, shared: Shared): Segment {
  if (packed === null) return rest
  return typeof packed === 'string' ? { kind: 'literal', text: packed } : shared.parameter(packed.parameter)
}

function packTarget(target: RouteTarget): PackedTarget {
  if (target.kind === 'capability') return { ...target, capability: target.capability.name }
  return { kind: 'upstream', upstream: target.upstream.name, serviceOf: target.serviceOf?.name }
}

function unpackTarget(target: PackedTarget, { upstreams, capabilities }: AroundRoute): RouteTarget {
  if (target.kind === 'upstream') {
    return {
      kind: 'upstream',
      upstream: given(upstreams.get(target.upstream)),
      serviceOf: target.serviceOf === undefined ? undefined : given(capabilities.get(target.serviceOf)),
    }
  }
  const { serve, shadowPercent, shadowWrites } = target
  const capability = given(capabilities.get(target.capability))
  return { kind: 'capability', capability, serve: unpackServe(serve), shadowPercent, shadowWrites }
}

function unpackServe(serve: Serve): Serve {
  return serve.kind === 'share' ? { kind: 'share', percent: serve.percent } : { kind: wordOf(serve.kind) }
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a packed route leads to what its route table does not have')
  return value
}
