import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startJson, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

async function world(top: string) {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top }) })
  return { legacy, edge }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('one connection too many is told so and closed, nothing of it is executed, and there is room again when another ends', async () => {
  const { legacy, edge } = await world('limits: { connections: 2 }')
  const [first, second] = [await openWire(edge.address), await openWire(edge.address)]
  first.send(get)
  await eventually(() => first.received().includes(' 200 '))
  const third = await openWire(edge.address)
  third.send(get)
  const said = await third.closed()
  expect(said === '' || /^HTTP\/1\.1 503 [\s\S]*too-many-connections/.test(said)).toBe(true)
  expect(legacy.seen).toHaveLength(1)
  expect((await edge.admin('GET', '/metrics')).body).toContain('code="too-many-connections"} 1')
  second.socket.destroy()
  await eventually(async () => (await edge.get('/').catch(() => undefined))?.status === 200)
})

test('no address gets more connections than its share, unless it is a trusted proxy', async () => {
  const bounded = 'limits: { connections-per-address: 1 }'
  const { legacy, edge } = await world(bounded)
  const first = await openWire(edge.address)
  const second = await openWire(edge.address)
  expect(await second.closed()).toContain('too-many-connections-of-address')
  await edge.flip(plainRoutes(legacy.url, { top: `${bounded}\nlisten: { trusted: [127.0.0.1] }` }))
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  first.socket.destroy()
})

test('how many connections are open, and what they are held against, stands in the status', async () => {
  const { edge } = await world('')
  await openWire(edge.address)
  const status = await eventually(async () => {
    const { limits } = await edge.status()
    return limits !== undefined && limits.connections === 1 && limits
  })
  expect(status).toMatchObject({ maxConnections: 10_000, inFlight: 0, maxInFlight: 4_096, pressure: 'calm' })
})

test('a connection that pipelines without end is answered in order as far as its line may be long, and then closed', async () => {
  const release: (() => void)[] = []
  const legacy = await startUpstream((_request, response) => void release.push(() => response.end('ok')))
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url) })
  const wire = await openWire(edge.address)
  wire.send(get.repeat(20_000))
  await eventually(() => release.length === 1)
  await eventually(async () => (await edge.status()).limits?.inFlight === 100)
  const answering = setInterval(() => {
    for (const answer of release.splice(0)) answer()
  }, 1)
  try {
    const heads = (await wire.closed()).match(/HTTP\/1\.1 \d+/g) ?? []
    expect([heads.length, heads.filter((head) => head.endsWith('200')).length, heads.at(-1)]).toEqual([
      101,
      100,
      'HTTP/1.1 503',
    ])
  } finally {
    clearInterval(answering)
  }
})
