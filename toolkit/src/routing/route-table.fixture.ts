import { formatProblem } from './config-problem.ts'
import type { RouteRequest } from './match.ts'
import { parseRouteTable } from './parse.ts'
import type { RouteTable } from './route.ts'

/** The head of a route table with a monolith, a users service and the capability `users` with data sync. */
export const head = `version: 1
edges: [http://127.0.0.1:8081]
caller: { cookie: SHOPSESSID, header: X-Api-Key }
upstreams:
  monolith: { url: http://127.0.0.1:4000 }
  users: { url: http://127.0.0.1:4101 }
capabilities:
  users:
    legacy: monolith
    service: users
    owner: legacy # mirrors the databases
    manifest: ../users/capability.ts
    databases: { legacy: { env: OLD_URL }, service: { env: NEW_URL } }
  orders: { legacy: monolith, service: users }
`

/** The catch-all. */
export const tail = `  - name: everything-else
    match: { path: /* }
    upstream: monolith
`

/** A whole route table with these routes before the catch-all; each line is one item in flow style. */
export function routesText(...routes: readonly string[]): string {
  return `${head}routes:\n${routes.map((route) => `  - ${route}\n`).join('')}${tail}`
}

/** A route table that must be valid. */
export function tableOf(text: string, file = 'routes.yaml'): RouteTable {
  const parsed = parseRouteTable(text, file)
  if (parsed.ok) return parsed.table
  throw new Error(parsed.problems.map(formatProblem).join('\n'))
}

/** The problems of a text as lines; empty when it is valid. */
export function problemsOf(text: string): readonly string[] {
  const parsed = parseRouteTable(text, 'routes.yaml')
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

/** A request as the edge hands it over. */
export function request(method: string, path: string, more: Partial<RouteRequest> = {}): RouteRequest {
  return { method, path, query: '', host: 'localhost:8080', header: () => undefined, ...more }
}
