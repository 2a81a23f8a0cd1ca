import { expect, test } from 'vitest'
import { type EdgeUnderTest, startEdge } from './edge-fixture.ts'
import { startAnswering, type TestUpstream } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

const H = 'Host: a\r\n'

async function world(): Promise<{ edge: EdgeUnderTest; legacy: TestUpstream }> {
  const legacy = await startAnswering((_seen, response) => void response.end('reached'))
  return { legacy, edge: await startEdge({ legacy: legacy.url }) }
}

test('OPTIONS * is answered by the edge, and an absolute-form of its own host is served', async () => {
  const { edge, legacy } = await world()
  const answer = await exchangeBytes(
    edge.address,
    `OPTIONS * HTTP/1.1\r\n${H}\r\nGET http://a/x?y HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200'])
  expect(legacy.seen).toMatchObject([{ target: '/x?y' }])
})

test('CONNECT makes no tunnel', async () => {
  const { edge, legacy } = await world()
  expect(await exchangeBytes(edge.address, `CONNECT h:443 HTTP/1.1\r\n${H}\r\n`)).not.toMatch(/ 200 /)
  expect(legacy.seen).toEqual([])
})

test('a request that comes back to the edge is recognised and ended', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end())
  const edge = await startEdge({ legacy: legacy.url })
  await edge.get('/')
  const via = String(legacy.seen[0]?.headers.via)
  expect(await edge.get('/', { via })).toMatchObject({ status: 508, body: /loop-detected/ })
  expect(legacy.seen).toHaveLength(1)
})
