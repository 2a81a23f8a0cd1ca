import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTlsServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type EdgeUnderTest, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { policiesOf, startPolicies } from './policy-fixture.ts'
import { testCertificate, testKey } from './test-certificate.ts'

/** What a server saw of a handshake. */
interface Met {
  readonly at: string
  readonly host: string | undefined
  /** What TLS asked for; undefined without TLS, false where no name was given. */
  readonly servername: string | false | undefined | null
}

async function serve(server: Server | ReturnType<typeof createServer>, at: string, port = 0) {
  const met: Met[] = []
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { headers, socket: raw }) => {
    met.push({ at, host: headers.host, servername: (raw as TLSSocket).servername })
    socket.send(at)
  })
  await new Promise<void>((resolve) => server.listen(port, at, resolve))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  return { met, port: (server.address() as AddressInfo).port }
}

/** The first message that comes through the edge. */
function greeting(edge: EdgeUnderTest, path: string): Promise<string> {
  const socket = new WebSocket(`${edge.address.replace('http', 'ws')}${path}`, { headers: { host: 'shop.example' } })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data))).once('error', reject)
  })
}

async function trusted(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-ca-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, testCertificate)
  return ca
}

const routes = (upstream: string) =>
  `version: 1\nupstreams:\n  monolith: ${upstream}\nroutes:\n  - { name: all, match: { path: /* }, upstream: monolith }\n`

test('a WebSocket to an https upstream proves the name of its URL, whatever host the client asked for', async () => {
  const { met, port } = await serve(createTlsServer({ key: testKey, cert: testCertificate }), '127.0.0.1')
  const edge = await startEdge({
    legacy: '',
    routes: routes(`{ url: "https://localhost:${port}", ca: ${await trusted()} }`),
  })
  expect(await greeting(edge, '/chat')).toBe('127.0.0.1')
  expect(met).toEqual([{ at: '127.0.0.1', host: 'shop.example', servername: 'localhost' }])
})

test('a WebSocket to an https upstream of another name is refused', async () => {
  const { met, port } = await serve(createTlsServer({ key: testKey, cert: testCertificate }), '127.0.0.2')
  const upstream = `{ urls: ["https://127.0.0.2:${port}"], ca: ${await trusted()} }`
  const edge = await startEdge({ legacy: '', routes: routes(upstream) })
  await expect(greeting(edge, '/chat')).rejects.toThrow('502')
  expect(met).toEqual([])
  expect((await edge.status()).upstreams[0]?.lastError).toContain('127.0.0.2')
})

test('WebSockets go to all addresses of a name in turn', async () => {
  const first = await serve(createServer(), '127.0.0.2')
  const second = await serve(createServer(), '127.0.0.3', first.port)
  const edge = await startPolicies({
    legacy: `http://127.0.0.2:${first.port}`,
    service: [`http://users.example:${first.port}`],
    users: 'host: upstream',
    options: { lookup: async () => ['127.0.0.3', '127.0.0.2'] },
  })
  await eventually(async () => (await policiesOf(edge)).endpoints.length === 2)
  const greetings = [await greeting(edge, '/plain/x'), await greeting(edge, '/plain/x')]
  expect(greetings.toSorted()).toEqual(['127.0.0.2', '127.0.0.3'])
  expect([...first.met, ...second.met].map(({ host }) => host)).toEqual(Array(2).fill(`users.example:${first.port}`))
})

test('a WebSocket reaches an upstream whose URL has an IPv6 address', async ({ skip }) => {
  const addresses = Object.values(networkInterfaces()).flatMap((some) => some ?? [])
  if (!addresses.some(({ address }) => address === '::1')) skip('this machine has no IPv6 loopback address')
  const { port } = await serve(
    createServer((_request, response) => void response.end('plain')),
    '::1',
  )
  const edge = await startEdge({ legacy: '', routes: routes(`{ url: "http://[::1]:${port}" }`) })
  expect(await greeting(edge, '/chat')).toBe('::1')
  expect(await edge.get('/')).toMatchObject({ status: 200, body: 'plain' })
})
