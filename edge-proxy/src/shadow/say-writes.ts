import type { RouteTable } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'

/** Says, once for each change, which routes have their writes executed by the other arm as well: nobody should be surprised. */
export function sayShadowedWrites(log: Logger, table: RouteTable, before?: RouteTable): void {
  const known = new Set(before === undefined ? [] : shadowedWrites(before).map(({ route }) => route))
  for (const { route, reason } of shadowedWrites(table)) {
    if (!known.has(route)) log.warn({ route, reason }, 'what writes is shadowed: the other arm executes it, too')
  }
}

function shadowedWrites({ routes }: RouteTable): readonly { readonly route: string; readonly reason: string }[] {
  return routes.flatMap(({ name, target }) =>
    target.kind === 'capability' && target.shadowWrites !== undefined && target.shadowPercent > 0
      ? [{ route: name, reason: target.shadowWrites.reason }]
      : [],
  )
}
