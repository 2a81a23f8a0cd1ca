import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { buildCorrelation } from '../correlate/correlation.ts'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from './replay.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('mismatches beyond the bound are not asked again, and the report says how many', async () => {
  const arms = { legacy: await arm('{"name":"a"}'), service: await arm('{"name":"b"}') }
  const report = await replayRecording({ exchanges: recorded(1010), arms, lagPassed: async () => {}, concurrency: 32 })
  expect(report.bounds).toEqual([{ count: 10, what: expect.stringContaining('not asked again') }])
})

test('a replay that stays within its bounds names none', async () => {
  const arms = { legacy: await arm('{"name":"a"}'), service: await arm('{"name":"a"}') }
  expect((await replayRecording({ exchanges: recorded(10), arms })).bounds).toEqual([])
})

test('values, pairs and cookies that are forgotten are counted', () => {
  const correlation = buildCorrelation({ values: 8, sessions: 100 })
  for (let at = 0; at < 40; at += 1) correlation.learn(correlation.trace(exchange(at)), {})
  expect(correlation.report().forgotten).toBeGreaterThan(20)
})

async function* recorded(count: number): AsyncGenerator<Exchange> {
  for (let at = 0; at < count; at += 1) yield exchange(at)
}

function exchange(at: number): Exchange {
  const data = `{"id":"order-${10_000 + at}","name":"a"}`
  return {
    ...{ id: `x${at}`, at: '2027-01-15T08:00:00.000Z', route: 'orders', capability: 'orders' },
    ...{ servedBy: 'legacy', caller: `caller-${at}`, tookMs: 1 },
    request: { method: 'GET', target: '/orders', headers: [], body: undefined },
    response: { status: 200, headers: [], body: { encoding: 'utf8', data, bytes: data.length, truncated: false } },
  }
}

async function arm(body: string): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(body))
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
}
