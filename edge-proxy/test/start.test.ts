import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '@banyan/toolkit/base'
import { expect, onTestFinished, test } from 'vitest'
import { buildEdge } from '../src/edge.ts'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startAnswering, startJson } from './upstream.ts'

test('an upstream that is down at start is answered 502 by name, said in log and status, and served once it is up', async () => {
  const port = await freePort()
  const edge = await startEdge({ legacy: `http://127.0.0.1:${port}` })
  const got = await edge.get('/shop', { 'x-request-id': 'request-1' })
  expect(got).toMatchObject({ status: 502, headers: { 'content-type': 'application/problem+json' } })
  expect(JSON.parse(got.body)).toMatchObject({
    status: 502,
    code: 'upstream-unreachable',
    detail: expect.stringContaining('"monolith"'),
    instance: 'urn:request:request-1',
  })
  expect(edge.lines.find((line) => line.msg === 'upstream fails')).toMatchObject({ upstream: 'monolith' })
  expect((await edge.status()).upstreams[0]).toMatchObject({ lastError: expect.stringContaining('ECONNREFUSED') })
  await startAnswering((_seen, response) => void response.end('up'), port)
  await eventually(async () => (await edge.get('/shop')).status === 200)
  await eventually(() => edge.lines.find((line) => line.msg === 'upstream answers again'))
})

test('two edges on one port: the second says which port and what moves it, exits 6, and leaves nothing half-started', async () => {
  const legacy = await startJson({})
  const first = await startEdge({ legacy: legacy.url })
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-edge-'))
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }))
  const port = Number(new URL(first.address).port)
  const adminPort = Number(new URL(first.adminAddress).port)
  const free = await freePort()
  const start = (publicPort: number, admin: number) =>
    buildEdge({
      routesFile: first.file,
      stateDir,
      listen: { host: '127.0.0.1', port: publicPort },
      admin: { host: '127.0.0.1', port: admin },
      log: { write: () => undefined },
    })
      .listen()
      .catch((error: unknown) => error)
  const taken = await start(port, free)
  expect(taken).toBeInstanceOf(Fault)
  expect(taken).toMatchObject({ code: 'port-taken', exitCode: 6, message: expect.stringContaining(String(port)) })
  expect(taken).toMatchObject({ hint: expect.stringContaining('EDGE_PORT') })
  const adminTaken = await start(free, adminPort)
  expect(adminTaken).toMatchObject({ code: 'port-taken', exitCode: 6, hint: expect.stringContaining('ADMIN_PORT') })
  expect(await isListening(free)).toBe(false)
  expect(await first.get('/')).toMatchObject({ status: 200 })
})

test('an edge without a valid route table does not start, and says every problem', async () => {
  const started = await startEdge({ legacy: 'http://127.0.0.1:1', routes: 'version: 1\nroutes: []\n' }).catch(
    (e: unknown) => e,
  )
  expect(started).toMatchObject({ code: 'route-table-invalid', exitCode: 4 })
})

test('the secrets of the state directory are made once, with mode 0600, and never logged', async () => {
  const legacy = await startJson({})
  const edge = await startEdge({ legacy: legacy.url })
  await edge.get('/')
  for (const name of ['admin-token', 'redaction-key']) {
    const file = join(edge.stateDir, name)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const secret = (await readFile(file, 'utf8')).trim()
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(edge.lines)).not.toContain(secret)
  }
})

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
