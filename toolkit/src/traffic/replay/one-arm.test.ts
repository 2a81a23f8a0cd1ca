import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from './replay.ts'

test('what one arm alone is sent is not compared, and its session is handed to both', async () => {
  const legacy = await startArm('live-session')
  const service = await startArm('other')
  const answered: string[] = []
  const report = await replayRecording({
    exchanges: recorded(),
    arms: { legacy: legacy.url, service: service.url },
    writes: 'twin',
    armsOf: ({ route }) => (route === 'pages' ? 'legacy' : 'both'),
    onAnswered: ({ exchange, requests, answers }) => {
      answered.push(`${exchange.id} ${Object.keys(requests ?? {})} ${answers.legacy?.ok} ${answers.service?.ok}`)
    },
  })
  expect(legacy.heard).toEqual(['POST /login -', 'GET /api/me session=live-session'])
  expect(service.heard).toEqual(['GET /api/me session=live-session'])
  expect(answered).toEqual(['1 legacy true undefined', '2 legacy,service true true'])
  expect(report.exchanges).toMatchObject({ read: 2, sent: 2 })
  expect(report.routes.map(({ route, tally }) => [route, tally.matched])).toEqual([['users.read', 1]])
  expect(report.ids?.dependent).toMatchObject({ exchanges: 1, resolved: 1 })
})

async function* recorded(): AsyncGenerator<Exchange> {
  const about = { at: '2026-01-01T00:00:00Z', caller: 'c', tookMs: 1, capability: undefined, servedBy: 'shop' }
  yield {
    ...{ ...about, id: '1', route: 'pages' },
    request: { method: 'POST', target: '/login', headers: [], body: undefined },
    response: { status: 303, headers: [['set-cookie', 'session=5f2a77c1d9e04b6688aa; Path=/']], body: undefined },
  }
  yield {
    ...{ ...about, id: '2', route: 'users.read' },
    request: {
      method: 'GET',
      target: '/api/me',
      headers: [['cookie', 'session=5f2a77c1d9e04b6688aa']],
      body: undefined,
    },
    response: { status: 200, headers: [['content-type', 'application/json']], body: undefined },
  }
}

async function startArm(session: string) {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.cookie ?? '-'}`)
    if (request.url === '/login') response.writeHead(303, { 'set-cookie': `session=${session}; Path=/` }).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"Ada"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return { heard, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` }
}
