import { type Capability, canonicalPath, matchRoute, type RouteTable } from '@banyan/toolkit/routing'
import type { Exchange, ReplayOptions } from '@banyan/toolkit/traffic'

/** Which exchanges of a recording a twin of one capability is sent, and who answers them there. */
export interface SortedExchanges extends Required<Pick<ReplayOptions, 'armsOf' | 'leaveOut'>> {
  /** Whether a request that no recording holds is one of the capability's. */
  isOfCapability(request: { readonly method: string; readonly target: string }): boolean
}

/**
 * Both arms answer what is the capability's. All else that legacy's application answers, or answered before another capability left it, goes to legacy alone: pages that log
 * somebody in, fill a cart, or write the capability's data on their way. What another upstream answers has no place in the twin, and is left out.
 */
export function sortExchanges(table: RouteTable, capability: Capability): SortedExchanges {
  const plain = new Map(
    table.routes.flatMap(({ name, target }) => (target.kind === 'upstream' ? [[name, target.upstream.name]] : [])),
  )
  const isForeign = ({ capability: name, route, servedBy }: Exchange) =>
    name === undefined && (plain.get(route) ?? servedBy) !== capability.legacy.name
  return {
    armsOf: (exchange) => (exchange.capability === capability.name ? 'both' : 'legacy'),
    leaveOut: (exchange) => (isForeign(exchange) ? 'other-upstream' : undefined),
    isOfCapability: ({ method, target }) => {
      const [path = '/', query = ''] = target.split('?', 2)
      const canonical = canonicalPath(path)
      if (!canonical.ok) return false
      const matched = matchRoute(table, {
        method,
        path: canonical.path,
        query,
        host: undefined,
        header: () => undefined,
      })
      if (matched.kind === 'owner') return matched.capability.name === capability.name
      const { target: to } = matched.route
      return to.kind === 'capability' && to.capability.name === capability.name
    },
  }
}
