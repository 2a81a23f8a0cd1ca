import { canonicalPath, matchRoute, type RouteTable } from '@banyan/toolkit/routing'
import type { ImportedRequest, ImportedRoute } from '@banyan/toolkit/traffic'

/** Finds the route that takes a request of another tool's file, as the edge would; none for a path that it refuses. */
export function routeOf(table: RouteTable): (request: ImportedRequest) => ImportedRoute | undefined {
  return ({ method, target, headers }) => {
    const [path = '/', query = ''] = target.split(/\?(.*)/s, 2)
    const canonical = canonicalPath(path)
    if (!canonical.ok) return undefined
    const header = (name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1]
    const matched = matchRoute(table, { method, path: canonical.path, query, host: header('host'), header })
    // A method that no route names goes to the capability's owner.
    if (matched.kind === 'owner') return { route: matched.capability.name, capability: matched.capability.name }
    const { name, target: to } = matched.route
    return { route: name, capability: to.kind === 'capability' ? to.capability.name : undefined }
  }
}
