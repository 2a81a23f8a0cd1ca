import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { buildEdgeReports } from './edge-reports.ts'

test('each edge is told its own time, with the token', async () => {
  const [one, two] = [await startEdge(1000), await startEdge(9000)]
  const reports = reportsTo([one.url, two.url])
  await reports.report(await reports.now())
  expect(one.heard).toEqual([{ capability: 'users' }, { capability: 'users', through: 1000 }])
  expect(two.heard).toEqual([{ capability: 'users' }, { capability: 'users', through: 9000 }])
  expect(one.tokens).toEqual(new Set(['Bearer secret']))
})

test('an edge that is down is left out, the other is told', async () => {
  const [up, down] = [await startEdge(1000), await startEdge(2000)]
  await down.stop()
  const reports = reportsTo([down.url, up.url])
  await reports.report(await reports.now())
  expect(up.heard.at(-1)).toEqual({ capability: 'users', through: 1000 })
})

test('an edge that goes down before the report does not fail it', async () => {
  const edge = await startEdge(1000)
  const reports = reportsTo([edge.url])
  const mark = await reports.now()
  await edge.stop()
  await expect(reports.report(mark)).resolves.toBeUndefined()
})

test('no edge at all is said', async () => {
  await expect(reportsTo(['http://127.0.0.1:1']).now()).rejects.toMatchObject({ code: 'edges-unreachable' })
})

test('an edge that refuses the token counts as one that does not answer', async () => {
  const edge = await startEdge(1000, 401)
  await expect(reportsTo([edge.url]).now()).rejects.toMatchObject({ code: 'edges-unreachable' })
})

function reportsTo(urls: readonly string[]) {
  return buildEdgeReports({ urls, readToken: async () => 'secret', capability: 'users' })
}

async function startEdge(now: number, status = 200) {
  const heard: unknown[] = []
  const tokens = new Set<string | undefined>()
  const server = createServer(async (request, response) => {
    tokens.add(request.headers.authorization)
    heard.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ now }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, tokens, stop: async () => stop() }
}
