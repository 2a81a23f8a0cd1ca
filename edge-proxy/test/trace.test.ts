import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ask, routesOf } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startAnswering, startJson } from './upstream.ts'

interface ExportedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly status: { readonly code: number }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

/** A collector of OTLP/HTTP, as far as an exporter needs one: it keeps the spans that it is sent. */
async function startCollector() {
  const spans: ExportedSpan[] = []
  const services = new Set<unknown>()
  const { url } = await startAnswering(({ target, body }, response) => {
    const { resourceSpans = [] } = target === '/v1/traces' ? JSON.parse(body) : {}
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { key, value } of resource.attributes) if (key === 'service.name') services.add(value.stringValue)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    }
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  return { url, spans, services }
}

/** The edge as a process, with the example's SDK before it. */
async function startTraced(routes: string, collector: string) {
  const state = await mkdtemp(join(tmpdir(), 'banyan-trace-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const file = join(state, 'routes.yaml')
  await writeFile(file, routes)
  const ports = { EDGE_PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) }
  const root = join(import.meta.dirname, '../..')
  const child = spawn(
    process.execPath,
    [
      ...['--import', join(root, 'examples/otlp/telemetry.mjs'), '--import', 'tsx', '--conditions=banyan-source'],
      join(root, 'edge-proxy/src/main.ts'),
    ],
    {
      env: { ...process.env, ...ports, EDGE_ROUTES: file, BANYAN_STATE: state, OTEL_EXPORTER_OTLP_ENDPOINT: collector },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const address = `http://127.0.0.1:${ports.EDGE_PORT}`
  const get = (target: string, headers: Record<string, string> = {}) =>
    ask(address + target, { method: 'GET', headers, body: undefined })
  await eventually(() => get('/ready'), 30_000)
  return { child, get }
}

function attributesOf({ attributes }: ExportedSpan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

test('with an SDK both arms are spans of one trace that came in, each arm continues its own, and no query is told', async () => {
  const collector = await startCollector()
  const legacy = await startJson({ a: 1 })
  const service = await startJson({ a: 2 })
  const routes = routesOf({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const { child, get } = await startTraced(routes, collector.url)
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  const { headers } = await get('/api/customers/7?token=canary-0123456789', { traceparent })
  const named = (name: string) => collector.spans.find((span) => span.traceId === traceId && span.name === name)
  await eventually(() => named('GET users.read') && named('legacy') && named('service'))
  const [whole, served, shadow] = ['GET users.read', 'legacy', 'service'].map(named)
  if (whole === undefined || served === undefined || shadow === undefined) throw new Error('a span is missing')
  expect([whole.parentSpanId, served.parentSpanId, shadow.parentSpanId]).toEqual([
    'b7ad6b7169203331',
    whole.spanId,
    whole.spanId,
  ])
  const sentTo = (seen: typeof legacy.seen) =>
    seen.find(({ target }) => target.startsWith('/api/'))?.headers.traceparent
  expect(sentTo(legacy.seen)).toBe(`00-${traceId}-${served.spanId}-01`)
  expect(sentTo(service.seen)).toBe(`00-${traceId}-${shadow.spanId}-01`)
  expect(attributesOf(whole)).toMatchObject({
    'http.request.method': 'GET',
    'http.route': '/api/customers/:id',
    'url.path': '/api/customers/7',
    'banyan.route': 'users.read',
    'banyan.arm': 'legacy',
    'banyan.request_id': headers['x-request-id'],
  })
  expect(attributesOf(served)).toMatchObject({ 'banyan.upstream': 'monolith', 'server.address': '127.0.0.1' })
  expect(attributesOf(shadow)).toMatchObject({ 'banyan.shadow': true, 'banyan.verdict': 'mismatch' })
  expect(JSON.stringify(collector.spans)).not.toContain('canary')
  await legacy.stop()
  await get('/shop')
  const failed = await eventually(() => collector.spans.find(({ status }) => status.code === 2))
  expect(attributesOf(failed)).toMatchObject({ 'error.type': 'upstream-unreachable' })
  expect([...collector.services]).toEqual(['banyan-edge'])
  expect(child.exitCode).toBeNull()
})
