import type { OwnerMove } from './move-owner.ts'
import type { Capability, RouteTable, RouteTarget } from './route.ts'
import { indexRoutes } from './route-index.ts'

/**
 * The same route table with another owner of one capability, as if its file said so; the revision stays that of the file.
 * Pure, and short also for ten thousand routes. Without that capability it is the route table itself.
 */
export function withOwner(table: RouteTable, { capability: name, owner }: OwnerMove): RouteTable {
  const before = table.capabilities.get(name)
  if (before === undefined || before.owner === owner) return table
  const after: Capability = { ...before, owner }
  const capabilities = new Map([...table.capabilities].map(([key, each]) => [key, each === before ? after : each]))
  const routes = table.routes.map((route) => {
    const target = moved(route.target, before, after)
    return target === route.target ? route : { ...route, target }
  })
  return { ...table, capabilities, routes, index: indexRoutes(routes) }
}

function moved(target: RouteTarget, before: Capability, after: Capability): RouteTarget {
  if (target.kind === 'capability') return target.capability === before ? { ...target, capability: after } : target
  return target.serviceOf === before ? { ...target, serviceOf: after } : target
}
