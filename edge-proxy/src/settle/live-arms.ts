import type { RouteTable } from '@banyan/toolkit/routing'

const arms: readonly string[] = ['legacy', 'service']

/** What the requests of a route can be counted as: the two arms, or its plain upstream; nothing for a route that is not there. */
export type ArmsOfRoute = (route: string) => readonly string[]

/** The arms of each route of a route table. */
export function liveArms({ index }: Pick<RouteTable, 'index'>): ArmsOfRoute {
  return (route) => {
    const target = index.names.get(route)?.target
    if (target === undefined) return []
    return target.kind === 'upstream' ? [target.upstream.name] : arms
  }
}
