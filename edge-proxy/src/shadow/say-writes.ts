import type { Route, RouteTable } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'

/** Says, once for each change, which routes have their writes executed by the other arm as well: nobody should be surprised. */
export function sayShadowedWrites(log: Logger, table: RouteTable, before?: RouteTable): void {
  for (const route of table.routes) {
    const reason = whyShadowed(route)
    if (reason === undefined || whyShadowed(before?.index.names.get(route.name)) !== undefined) continue
    log.warn({ route: route.name, reason }, 'what writes is shadowed: the other arm executes it, too')
  }
}

/** Undefined for a route whose writes are not shadowed. */
function whyShadowed(route: Route | undefined): string | undefined {
  const target = route?.target
  return target?.kind === 'capability' && target.shadowPercent > 0 ? target.shadowWrites?.reason : undefined
}
