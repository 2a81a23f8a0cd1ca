import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { type Matched, matchRoute, type Route, type RouteMatch, type RouteTable } from '@banyan/toolkit/routing'
import { type EdgeRequest, readRequest } from '../request/edge-request.ts'

/** Stands for every value that a route leaves open. */
const madeUp = 'banyan-probe'

/** A request that nobody sent, and that its route takes. */
export interface ProbeRequest {
  readonly request: EdgeRequest
  readonly matched: Matched
}

/**
 * Makes up a read that a route takes: its browser, parameters and open values are `banyan-probe`. Undefined where the route takes no
 * reads, or another one stands before it for every path that can be made up.
 */
export function probeRequest(table: RouteTable, route: Route): ProbeRequest | undefined {
  const method = readOf(route.match)
  if (method === undefined) return undefined
  const raw = new IncomingMessage(new Socket())
  raw.method = method
  raw.url = targetOf(route.match)
  raw.httpVersion = '1.1'
  raw.httpVersionMajor = 1
  raw.httpVersionMinor = 1
  const headers = headersOf(route.match)
  raw.rawHeaders = headers.flat()
  raw.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const reading = readRequest(raw)
  if (reading.kind !== 'request') return undefined
  const matched = matchRoute(table, reading.request)
  const taken = matched.kind === 'route' && matched.route.name === route.name
  return taken ? { request: reading.request, matched } : undefined
}

function readOf({ methods }: RouteMatch): string | undefined {
  return methods.length === 0 ? 'GET' : ['GET', 'HEAD', 'OPTIONS'].find((method) => methods.includes(method))
}

function targetOf({ segments, query }: RouteMatch): string {
  const path = segments
    .filter((segment) => segment.kind !== 'rest')
    .map((segment) => (segment.kind === 'literal' ? encodeURIComponent(segment.text) : madeUp))
  const open = [...query].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value || madeUp)}`)
  return `/${path.join('/')}${open.length === 0 ? '' : `?${open.join('&')}`}`
}

function headersOf({ host, headers }: RouteMatch): readonly (readonly [name: string, value: string])[] {
  const wanted = [...headers].map(([name, value]) => [name, value || madeUp] as const)
  return [['Host', host ?? 'banyan-probe.invalid'], ['User-Agent', madeUp], ...wanted]
}
