import { type Capability, type Matched, matchRoute, type RouteTable, safeMethods } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'

/** The one route table that a request goes by, and what it matches there. */
export interface TakenRoute {
  readonly table: RouteTable
  readonly matched: Matched
  /** Whose data it reads or writes; undefined for a plain upstream, unless that is the service of one capability. */
  readonly capability: Capability | undefined
  /**
   * The capability whose data it writes, by name; undefined for a read, and where no owner decides. A service's clean API has
   * plain routes: it writes the same data, though only while the service owns them.
   */
  readonly writesTo: string | undefined
}

/** Takes the route table that is live now (law 2: once), and matches the request with it. */
export function takeRoute(request: EdgeRequest, edge: { table(): RouteTable }): TakenRoute {
  const table = edge.table()
  const matched = matchRoute(table, request)
  const capability = capabilityOf(matched)
  const writes =
    capability !== undefined && !safeMethods.has(request.method) && (goesToOwner(matched) || isPlain(matched))
  return { table, matched, capability, writesTo: writes ? capability.name : undefined }
}

/** Whether the owner of a capability answers, whoever that is. */
export function goesToOwner(matched: Matched): boolean {
  if (matched.kind === 'owner') return true
  const { target } = matched.route
  return target.kind === 'capability' && target.serve.kind === 'owner'
}

function capabilityOf(matched: Matched): Capability | undefined {
  if (matched.kind === 'owner') return matched.capability
  const { target } = matched.route
  return target.kind === 'capability' ? target.capability : target.serviceOf
}

function isPlain(matched: Matched): boolean {
  return matched.kind === 'route' && matched.route.target.kind === 'upstream'
}
