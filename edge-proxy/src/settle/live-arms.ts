import type { RouteTable } from '@banyan/toolkit/routing'

const arms: readonly string[] = ['legacy', 'service']

/** Each route of a route table with what its requests can be counted as: the two arms, or its plain upstream. */
export function liveArms({ routes }: Pick<RouteTable, 'routes'>): ReadonlyMap<string, readonly string[]> {
  return new Map(routes.map(({ name, target }) => [name, target.kind === 'upstream' ? [target.upstream.name] : arms]))
}
