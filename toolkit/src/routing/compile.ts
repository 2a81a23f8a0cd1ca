import { dirname, resolve } from 'node:path'
import { compileCompareRule } from './compare-rule.ts'
import { compileRoutePolicy, compileUpstreamPolicy } from './compile-policy.ts'
import { compileRecording } from './compile-recording.ts'
import type { CapabilityDocument, RouteDocument, RouteTableDocument, UpstreamDocument } from './document.ts'
import { compileEdgeLimits, compileRequestLimits } from './limits-rule.ts'
import { compileListen } from './listen-rule.ts'
import { compileAccessLog } from './observe-rule.ts'
import { compileRates } from './rate-rule.ts'
import type { Report } from './report.ts'
import { revisionOf } from './revision.ts'
import { compileRewrite } from './rewrite-rule.ts'
import type { Capability, RouteMatch, RouteTable, RouteTarget, Segment, Upstream } from './route.ts'
import { indexRoutes } from './route-index.ts'

/** Where a route table comes from. */
export interface RouteTableSource {
  readonly text: string
  readonly file: string
  readonly report: Report
}

/** Turns a document without problems into what requests are routed by. Throws when something is missing: a bug of the checks. */
export function compile(document: RouteTableDocument, source: RouteTableSource): RouteTable {
  const folder = dirname(resolve(source.file))
  const services = new Set([...(document.capabilities?.values() ?? [])].map(({ service }) => service?.value))
  const upstreams = mapped(document.upstreams, (upstream, name) =>
    compileUpstream(name, upstream, { folder, isService: services.has(name) }),
  )
  const capabilities = mapped(document.capabilities, (capability, name) =>
    compileCapability(name, capability, { upstreams, folder }),
  )
  const limits = compileEdgeLimits(document.limits)
  const routes = (document.routes?.value ?? []).map((route, index) => ({
    name: given(route.name).value,
    index,
    line: source.report.place(route.node).line,
    match: compileMatch(route),
    target: compileTarget(route, upstreams, capabilities),
    policy: compileRoutePolicy(route),
    rates: compileRates(route.rate, given(route.name).value),
    limits: compileRequestLimits(route.limits, limits.request),
    rewrite: compileRewrite(route.rewrite),
    expose: (route.expose ?? document.expose)?.value ?? false,
  }))
  return {
    file: source.file,
    revision: revisionOf(source.text),
    edges: (document.edges?.value ?? []).map((edge) => edge.value.origin),
    listen: compileListen(document.listen, folder),
    limits,
    caller: {
      cookie: document.caller?.cookie?.value,
      header: document.caller?.header?.value,
    },
    upstreams,
    capabilities,
    routes,
    index: indexRoutes(routes),
    accessLog: compileAccessLog(document['access-log']),
    recording: document.recording && compileRecording(document.recording, { routes, folder }),
  }
}

function compileUpstream(
  name: string,
  upstream: UpstreamDocument,
  { folder, isService }: { readonly folder: string; readonly isService: boolean },
): Upstream {
  const urls = upstream.urls?.value ?? [given(upstream.url)]
  const policy = compileUpstreamPolicy(upstream, { timeoutMs: upstream.timeout?.value, isService })
  return {
    name,
    urls: urls.map((url) => url.value),
    host: upstream.host?.value ?? 'preserve',
    caFile: upstream.ca && resolve(folder, upstream.ca.value),
    timeoutMs: policy.timeouts.headerMs,
    policy,
  }
}

function compileCapability(
  name: string,
  capability: CapabilityDocument,
  around: { readonly upstreams: ReadonlyMap<string, Upstream>; readonly folder: string },
): Capability {
  const { databases, manifest } = capability
  return {
    name,
    legacy: given(around.upstreams.get(given(capability.legacy).value)),
    service: given(around.upstreams.get(given(capability.service).value)),
    owner: capability.owner?.value ?? 'legacy',
    manifest: manifest && resolve(around.folder, manifest.value),
    databases: databases && {
      legacy: { env: given(databases.legacy?.env).value },
      service: { env: given(databases.service?.env).value },
    },
    compare: (capability.compare?.value ?? []).map(compileCompareRule),
  }
}

const everyPath: readonly Segment[] = [{ kind: 'rest' }]

function compileMatch(route: RouteDocument): RouteMatch {
  const { match } = route
  return {
    host: match?.host?.value,
    path: match?.path?.value.text ?? '/*',
    segments: match?.path?.value.segments ?? everyPath,
    methods: (match?.methods?.value ?? []).map((method) => method.value),
    headers: exactValues(match?.headers),
    query: exactValues(match?.query),
  }
}

/** One for all that ask for nothing: two for each of ten thousand routes are megabytes. */
const noValues: ReadonlyMap<string, string> = new Map()

function exactValues(
  written: ReadonlyMap<string, { readonly value: string }> | undefined,
): ReadonlyMap<string, string> {
  return written === undefined || written.size === 0 ? noValues : mapped(written, ({ value }) => value)
}

function compileTarget(
  route: RouteDocument,
  upstreams: ReadonlyMap<string, Upstream>,
  capabilities: ReadonlyMap<string, Capability>,
): RouteTarget {
  if (route.capability === undefined) {
    const upstream = given(upstreams.get(given(route.upstream).value))
    return { kind: 'upstream', upstream, serviceOf: serviceOf(upstream, capabilities) }
  }
  const { 'shadow-writes': shadowWrites } = route
  return {
    kind: 'capability',
    capability: given(capabilities.get(route.capability.value)),
    serve: route.serve?.value ?? { kind: 'legacy' },
    shadowPercent: route.shadow?.value ?? 0,
    shadowWrites: shadowWrites && { reason: given(shadowWrites.reason).value },
  }
}

function serviceOf(upstream: Upstream, capabilities: ReadonlyMap<string, Capability>): Capability | undefined {
  const [first, ...others] = [...capabilities.values()].filter(({ service }) => service === upstream)
  return others.length === 0 ? first : undefined
}

function mapped<From, To>(
  from: ReadonlyMap<string, From> | undefined,
  to: (value: From, key: string) => To,
): ReadonlyMap<string, To> {
  return new Map([...(from ?? [])].map(([key, value]): [string, To] => [key, to(value, key)]))
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a route table without problems lacks a value')
  return value
}
