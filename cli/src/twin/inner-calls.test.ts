import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Exchange } from '@banyan/toolkit/traffic'
import { expect, onTestFinished, test } from 'vitest'
import { openInnerCalls } from './inner-calls.ts'

test('a write that the recording does not hold goes to both arms, and the page gets the answer of legacy', async () => {
  const { legacy, service, call, counts } = await innerCalls()
  const answer = await call('POST', '/api/customers', { email: 'a@x' })
  expect([answer.status, await answer.json(), answer.headers.get('x-arm')]).toEqual([200, { id: '5' }, 'legacy'])
  const sent = [{ line: 'POST /api/customers', body: '{"email":"a@x"}', key: 'k' }]
  expect([legacy.heard, service.heard]).toEqual([sent, sent])
  expect(counts()).toEqual({ forwarded: 1, recorded: 0, unlike: 0 })
})

test('a later write names the service by the id that the service gave', async () => {
  const { legacy, service, call } = await innerCalls()
  await call('POST', '/api/customers', { email: 'a@x' })
  await call('PUT', '/api/customers/5?full=1', { phone: '1' })
  expect(legacy.heard.at(-1)?.line).toBe('PUT /api/customers/5?full=1')
  expect(service.heard.at(-1)?.line).toBe('PUT /api/customers/7?full=1')
})

test('a write that the recording holds was sent a moment ago: its answer is given again, once', async () => {
  const { legacy, service, call, counts, hear } = await innerCalls()
  hear('PUT /api/customers/5', { phone: '1', email: 'a@x' })
  const again = () => call('PUT', '/api/customers/5', { email: 'a@x', phone: '1' })
  expect(await (await again()).json()).toEqual({ recorded: true })
  expect([legacy.heard, service.heard]).toEqual([[], []])
  await again()
  expect([legacy.heard.length, service.heard.length]).toEqual([1, 1])
  expect(counts()).toMatchObject({ forwarded: 1, recorded: 1 })
})

test('what was recorded long before the page is another call', async () => {
  const { legacy, call, hear } = await innerCalls()
  hear('PUT /api/customers/5', { phone: '1' })
  hear('PUT /api/customers/6', { phone: '1' }, '2026-01-01T00:01:00Z')
  await call('PUT', '/api/customers/5', { phone: '1' })
  expect(legacy.heard.length).toBe(1)
})

test('reads, and what is not of the capability, go to legacy alone', async () => {
  const { legacy, service, call } = await innerCalls()
  await call('GET', '/api/customers/5')
  await call('POST', '/api/orders', {})
  expect([legacy.heard.length, service.heard.length]).toEqual([2, 0])
})

test('a service that answers otherwise is counted, and one that is gone fails no page', async () => {
  const { call, counts, service } = await innerCalls({ serviceStatus: 503 })
  expect((await call('PUT', '/api/customers/5', {})).status).toBe(200)
  service.server.closeAllConnections()
  service.server.close()
  expect((await call('PUT', '/api/customers/5', {})).status).toBe(200)
  expect(counts()).toMatchObject({ forwarded: 2, unlike: 2 })
})

async function innerCalls({ serviceStatus = 200 } = {}) {
  const legacy = await arm('legacy', { id: '5' }, 200)
  const service = await arm('service', { id: '7' }, serviceStatus)
  const isOfCapability = ({ target }: { readonly target: string }) => target.startsWith('/api/customers')
  const calls = await openInnerCalls({ legacy: legacy.url, service: service.url, isOfCapability })
  onTestFinished(() => calls.close())
  const call = (method: string, target: string, body?: object) =>
    fetch(`${calls.url}${target}`, {
      method,
      headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const hear = (line: string, body: object, at = '2026-01-01T00:00:00Z') => {
    const [method = '', target = ''] = line.split(' ')
    const answer = { status: 200, headers: new Map(), body: Buffer.from('{"recorded":true}'), truncated: false }
    const answered = { ok: true, answer, tookMs: 1 } as const
    calls.heard({
      exchange: exchangeOf(method, target, at),
      requests: { legacy: { method, target, headers: {}, body: JSON.stringify(body) } },
      answers: { legacy: answered, service: answered },
    })
  }
  return { legacy, service, call, hear, counts: calls.counts }
}

function exchangeOf(method: string, target: string, at: string): Exchange {
  const nothing = { headers: [], body: undefined }
  return {
    ...{ id: '1', at, route: 'users.write', capability: 'users', servedBy: 'legacy', caller: undefined, tookMs: 1 },
    request: { method, target, ...nothing },
    response: { status: 200, ...nothing },
  }
}

async function arm(name: string, answer: object, status: number) {
  const heard: { readonly line: string; readonly body: string; readonly key: string | undefined }[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    heard.push({ line: `${request.method} ${request.url}`, body, key: request.headers['x-api-key']?.toString() })
    response.writeHead(status, { 'content-type': 'application/json', 'x-arm': name }).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return {
    heard,
    server,
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
  }
}
