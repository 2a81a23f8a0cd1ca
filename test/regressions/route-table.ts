import { writeFile } from 'node:fs/promises'
import path from 'node:path'

const manifest = path.join(import.meta.dirname, '../../extracted-services/users/src/capability.ts')

/** Where the parts of a route table are; an address that nobody knows yet is nobody's. */
export interface Addresses {
  readonly legacy: string
  readonly edge?: string
}

const nobody = 'http://127.0.0.1:1'

/** Writes the route table of these tests, and returns its file. */
export async function writeRouteTable(folder: string, { legacy, edge = nobody }: Addresses): Promise<string> {
  const file = path.join(folder, 'routes.yaml')
  await writeFile(
    file,
    `version: 1
edges: [${edge}]
caller: { header: x-api-key }
upstreams:
  monolith: { url: ${legacy} }
  users: { url: http://127.0.0.1:2 }
capabilities:
  users:
    legacy: monolith
    service: users
    owner: legacy
    manifest: ${path.relative(folder, manifest)}
    databases: { legacy: { env: MONOLITH_DATABASE_URL }, service: { env: USERS_DATABASE_URL } }
    compare:
      - { path: $.lastSeenAt, ignore: true, reason: "written by page views in the shop, not owned by users" }
routes:
  - name: users.read
    capability: users
    match: { methods: [GET, HEAD], path: /api/customers/:id }
    serve: legacy
  - name: users.list
    capability: users
    match: { methods: [GET, HEAD], path: /api/customers }
    serve: legacy
  - name: users.write
    capability: users
    match: { methods: [POST, PUT, PATCH, DELETE], path: /api/customers/* }
    serve: owner
  - name: everything-else
    match: { path: /* }
    upstream: monolith
`,
  )
  return file
}
