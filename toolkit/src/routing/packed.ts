import { deserialize, serialize } from 'node:v8'
import { type PackedRoute, packRoute, unpackRoute } from './packed-route.ts'
import type { Capability, Route, RouteTable, Upstream } from './route.ts'
import { buildGrowingIndex } from './route-index.ts'
import { buildShared, wordOf } from './shared.ts'

/** At most so many routes are unpacked in one step. */
export const routesAStep = 25

/**
 * A route table as bytes, which one thread may transfer to another. They are unpacked step by step: to receive ten thousand
 * routes at once, by a structured clone, would keep whoever receives them from everything else.
 */
export interface PackedRouteTable {
  readonly head: Uint8Array<ArrayBuffer>
  /** `routesAStep` routes each. */
  readonly steps: readonly Uint8Array<ArrayBuffer>[]
}

/** Packs a route table. */
export function packRouteTable(table: RouteTable): PackedRouteTable {
  const { routes, index, ...rest } = table
  const head: PackedHead = {
    ...rest,
    upstreams: [...table.upstreams.values()].map((upstream) => ({
      ...upstream,
      urls: upstream.urls.map(({ href }) => href),
    })),
    capabilities: [...table.capabilities.values()].map((capability) => ({
      ...capability,
      legacy: capability.legacy.name,
      service: capability.service.name,
    })),
  }
  const steps = Array.from({ length: Math.ceil(routes.length / routesAStep) }, (_, step) =>
    routes.slice(step * routesAStep, (step + 1) * routesAStep).map((route) => packRoute(route, table.limits)),
  )
  return { head: bytesOf(head), steps: steps.map(bytesOf) }
}

/** Unpacks a route table that equals the packed one: each `next()` does one short step, and the last one returns it. */
export function* unpackRouteTable(packed: PackedRouteTable): Generator<void, RouteTable> {
  const head = readBytes<PackedHead>(packed.head)
  const { file, revision, edges, listen, limits, caller, accessLog, recording } = head
  const upstreams = unpackUpstreams(head)
  const capabilities = unpackCapabilities(head, upstreams)
  const routes: Route[] = []
  const shared = buildShared()
  const { index, add } = buildGrowingIndex()
  for (const step of packed.steps) {
    yield
    for (const each of readBytes<readonly PackedRoute[]>(step)) {
      const route = unpackRoute(each, { limits, upstreams, capabilities, shared })
      routes.push(route)
      add(route)
    }
  }
  yield
  const around = { file, revision, edges, listen, limits, caller, upstreams, capabilities }
  return { ...around, routes, index, accessLog, recording }
}

/** What a route table has beside its routes. URLs are no data that can be cloned, and who is named twice must be one. */
interface PackedHead extends Omit<RouteTable, 'upstreams' | 'capabilities' | 'routes' | 'index'> {
  readonly upstreams: readonly (Omit<Upstream, 'urls'> & { readonly urls: readonly string[] })[]
  readonly capabilities: readonly (Omit<Capability, 'legacy' | 'service'> & {
    readonly legacy: string
    readonly service: string
  })[]
}

function unpackUpstreams({ upstreams }: PackedHead): ReadonlyMap<string, Upstream> {
  return new Map(
    upstreams.map((upstream) => [
      upstream.name,
      { ...upstream, urls: upstream.urls.map((url) => new URL(url)), host: wordOf(upstream.host) },
    ]),
  )
}

function unpackCapabilities(
  { capabilities }: PackedHead,
  upstreams: ReadonlyMap<string, Upstream>,
): ReadonlyMap<string, Capability> {
  return new Map(
    capabilities.map((capability) => {
      const [legacy, service] = [upstreams.get(capability.legacy), upstreams.get(capability.service)]
      if (legacy === undefined || service === undefined) throw new Error('a packed capability lacks an arm')
      return [capability.name, { ...capability, legacy, service, owner: wordOf(capability.owner) }]
    }),
  )
}

function bytesOf(value: PackedHead | readonly PackedRoute[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(serialize(value))
}

function readBytes<Value>(bytes: Uint8Array): Value {
  return deserialize(bytes)
}
