import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { EdgeStatus, ReloadAnswer, TallyReport } from '../src/admin/admin-api.ts'
import { buildEdge, type Edge, type EdgeOptions } from '../src/edge.ts'

/** An answer as a test looks at it. */
export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly tookMs: number
}

/** What a test may ask for beside the defaults: GET and HEAD of /api/customers/:id, writes by the owner, the rest to legacy. */
export interface EdgeWanted {
  readonly legacy: string
  readonly service?: string
  readonly serve?: string
  readonly shadow?: string
  /** The whole file instead. */
  readonly routes?: string
  readonly options?: Partial<EdgeOptions>
}

/** A running edge with its file, its log and its admin API; closed when the test is over. */
export interface EdgeUnderTest {
  readonly edge: Edge
  readonly address: string
  readonly adminAddress: string
  readonly file: string
  readonly stateDir: string
  readonly token: string
  readonly lines: Record<string, unknown>[]
  get(target: string, headers?: Record<string, string>): Promise<Got>
  send(
    method: string,
    target: string,
    sent?: { headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<Got>
  admin(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Got>
  status(): Promise<EdgeStatus>
  tally(): Promise<TallyReport>
  /** Writes the file and waits until it is live. */
  flip(routes: string): Promise<ReloadAnswer>
}

/** Starts an edge on free ports with a state directory of its own. */
export async function startEdge(wanted: EdgeWanted): Promise<EdgeUnderTest> {
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-edge-'))
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }))
  const file = join(stateDir, 'routes.yaml')
  await writeFile(file, wanted.routes ?? routesOf(wanted))
  const lines: Record<string, unknown>[] = []
  const edge = buildEdge({
    routesFile: file,
    stateDir,
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: { write: (line) => void lines.push(JSON.parse(line)) },
    drainMs: 300,
    ...wanted.options,
  })
  await edge.listen()
  onTestFinished(async () => void (await edge.close().catch(() => undefined)))
  const token = (await readFile(join(stateDir, 'admin-token'), 'utf8')).trim()
  const authorization = { authorization: `Bearer ${token}` }
  const admin: EdgeUnderTest['admin'] = (method, path, body, headers = {}) =>
    ask(edge.adminAddress + path, {
      method,
      headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  return {
    ...{ edge, address: edge.address, adminAddress: edge.adminAddress, file, stateDir, token, lines, admin },
    get: (target, headers = {}) => ask(edge.address + target, { method: 'GET', headers, body: undefined }),
    send: (method, target, { headers = {}, body } = {}) => ask(edge.address + target, { method, headers, body }),
    status: async () => JSON.parse((await admin('GET', '/status')).body),
    tally: async () => JSON.parse((await admin('GET', '/tally')).body),
    flip: async (routes) => {
      await writeFile(file, routes)
      return JSON.parse((await admin('POST', '/reload')).body)
    },
  }
}

/** The usual route table of a test. */
export function routesOf({ legacy, service = legacy, serve = 'legacy', shadow = '0%' }: EdgeWanted): string {
  return `version: 1
edges: [http://127.0.0.1:8081]
caller: { cookie: SHOPSESSID, header: x-api-key }
upstreams:
  monolith: { url: ${legacy} }
  users: { url: ${service} }
capabilities:
  users: { legacy: monolith, service: users, owner: legacy }
routes:
  - name: users.read
    capability: users
    match: { methods: [GET, HEAD], path: /api/customers/:id }
    serve: ${serve}
    shadow: ${shadow}
  - name: users.write
    capability: users
    match: { methods: [POST, PUT, PATCH, DELETE], path: /api/customers/* }
    serve: owner
  - name: everything-else
    match: { path: /* }
    upstream: monolith
`
}

/** One request on a connection of its own. */
export function ask(
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string | Buffer | undefined },
): Promise<Got> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          tookMs: performance.now() - started,
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}
