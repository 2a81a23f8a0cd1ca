import type { EdgeStatus, UpstreamPolicyStatus } from '../src/admin/admin-api.ts'
import { type EdgeUnderTest, type EdgeWanted, startEdge } from './edge-fixture.ts'

/** A capability `users`, whose service has policies; GET of /api/customers/:id is served by the service. */
export interface PolicyWanted {
  readonly legacy: string
  readonly service: readonly string[]
  /** More keys of the service's upstream, in flow style. */
  readonly users?: string
  /** More keys of the route that reads. */
  readonly route?: string
  readonly options?: EdgeWanted['options']
}

/** Starts an edge with these policies. */
export function startPolicies(wanted: PolicyWanted): Promise<EdgeUnderTest> {
  const { legacy, options } = wanted
  return startEdge({ legacy, routes: policyRoutes(wanted), ...(options === undefined ? {} : { options }) })
}

/** Its route table. */
export function policyRoutes({ legacy, service, users = '', route = '' }: PolicyWanted): string {
  return `version: 1
edges: [http://127.0.0.1:8081]
caller: { cookie: SHOPSESSID, header: x-api-key }
upstreams:
  monolith: { url: ${legacy} }
  users: { urls: [${service.join(', ')}]${users === '' ? '' : `, ${users}`} }
capabilities:
  users: { legacy: monolith, service: users, owner: service }
routes:
  - name: users.read
    capability: users
    match: { methods: [GET, HEAD], path: /api/customers/:id }
    serve: service
    shadow: 100%
${route === '' ? '' : `    ${route}\n`}  - name: users.write
    capability: users
    match: { path: /api/customers/* }
    serve: owner
    fallback: legacy
  - name: plain
    match: { path: /plain/* }
    upstream: users
  - name: everything-else
    match: { path: /* }
    upstream: monolith
`
}

/** What the policies of the upstream `users` are at. */
export async function policiesOf(edge: EdgeUnderTest, upstream = 'users'): Promise<UpstreamPolicyStatus> {
  const found = (await edge.status()).upstreams.find((each) => each.upstream === upstream)?.policies
  if (found === undefined) throw new Error(`the status has no upstream ${upstream}`)
  return found
}

/** The route that reads, in the status. */
export async function readRoute(edge: EdgeUnderTest): Promise<EdgeStatus['routes'][number]> {
  const found = (await edge.status()).routes.find(({ route }) => route === 'users.read')
  if (found === undefined) throw new Error('the status has no route users.read')
  return found
}
