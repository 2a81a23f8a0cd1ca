import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { type Seen, startHanging, startJson, startUpstream, type TestUpstream } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

function startWriting(legacy: TestUpstream, service: TestUpstream): Promise<EdgeUnderTest> {
  const routes = routesOf({ legacy: legacy.url, service: service.url }).replace(
    'serve: owner',
    'serve: owner\n    shadow: 100%\n    shadow-writes: { reason: the service runs on a copy }',
  )
  return startEdge({ legacy: legacy.url, routes })
}

async function writes(edge: EdgeUnderTest) {
  return (await edge.tally()).routes.find(({ route }) => route === 'users.write')
}

test('law 1: a shadowed write is answered by who serves, then executed by the other arm with the same body, and compared', async () => {
  const legacy = await startJson({ id: 7, total: 100 })
  const service = await startJson(({ method }: Seen) => ({ id: 7, total: method === 'DELETE' ? 100 : 1 }))
  const edge = await startWriting(legacy, service)
  const body = JSON.stringify({ name: 'Ida', notes: 'x'.repeat(100_000) })
  const json = { 'content-type': 'application/json' }
  const length = { ...json, 'content-length': String(body.length) }
  for (const [method, headers] of [
    ['POST', length],
    ['PUT', { ...json, 'transfer-encoding': 'chunked' }],
    ['DELETE', {}],
  ] as const) {
    const got = await edge.send(
      method,
      '/api/customers/7',
      method === 'DELETE' ? {} : { headers: { ...headers }, body },
    )
    expect(got).toMatchObject({ status: 200, body: '{"id":7,"total":100}' })
    await eventually(() => service.seen.length === legacy.seen.length)
  }
  expect(
    await eventually(async () => ((await writes(edge))?.compared === 3 ? await writes(edge) : undefined)),
  ).toMatchObject({
    ...{ route: 'users.write', matched: 1, mismatched: 2 },
    groups: [{ path: '$.total', count: 2 }],
  })
  for (const [index, seen] of service.seen.entries()) {
    const first = legacy.seen[index]
    expect([seen.method, seen.target, seen.body]).toEqual([first?.method, first?.target, first?.body])
    for (const name of ['content-length', 'transfer-encoding', 'content-type', 'x-request-id'])
      expect(seen.headers[name], name).toBe(first?.headers[name])
    expect([first, seen].map((each) => each?.headers['x-banyan-shadow'])).toEqual([undefined, '1'])
  }
  expect(legacy.seen.map((seen) => seen.body.length)).toEqual([body.length, body.length, 0])
  expect(edge.lines.filter(({ route }) => route === 'users.write')[0]).toMatchObject({
    ...{ level: 40, reason: 'the service runs on a copy' },
  })
})

test('law 1: a shadowed write is asked once, also where a read would be asked again, and a probe writes nothing', async () => {
  const legacy = await startJson({ total: 100 })
  const service = await startJson({ total: 1 })
  const edge = await startWriting(legacy, service)
  expect(JSON.parse((await edge.admin('POST', '/probe')).body).shadows).toMatchObject([
    { route: 'users.write', state: 'unknown', why: expect.stringContaining('writes alone') },
  ])
  await edge.admin('POST', '/applied', { capability: 'users', through: 1 })
  await edge.send('PATCH', '/api/customers/7', { body: '{}' })
  await eventually(async () => expect(await writes(edge)).toMatchObject({ compared: 1, mismatched: 1 }))
  const { now } = JSON.parse((await edge.admin('POST', '/applied', { capability: 'users' })).body)
  await edge.admin('POST', '/applied', { capability: 'users', through: now })
  expect([legacy.seen.length, service.seen.length]).toEqual([1, 1])
  expect((await edge.status()).shadows).toMatchObject([{ route: 'users.write', state: 'proven', by: 'traffic' }])
})

test('law 1: a hanging arm neither changes nor delays a shadowed write, and what is held of it is bounded', async () => {
  const legacy = await startJson({ ok: true })
  const edge = await startWriting(legacy, await startHanging())
  const body = 'x'.repeat(200_000)
  const got = await Promise.all(
    Array.from({ length: 100 }, (_, id) => edge.send('POST', `/api/customers/${id}`, { body })),
  )
  for (const each of got) expect(each).toMatchObject({ status: 200, body: '{"ok":true}' })
  // A shadow is given up after five seconds.
  expect(Math.max(...got.map(({ tookMs }) => tookMs))).toBeLessThan(4500)
  expect(legacy.seen.map((seen) => seen.body.length)).toEqual(got.map(() => body.length))
  const held = async () => Number(/^banyan_copied_bytes (\d+)$/m.exec((await edge.admin('GET', '/metrics')).body)?.[1])
  expect(await held()).toBeGreaterThan(0)
  expect(await held()).toBeLessThanOrEqual(64 * 1024 * 1024)
  // Each waits, runs, was left out, or ran into its time-out.
  await eventually(async () => {
    const { shadow } = await edge.status()
    expect(shadow.running).toBeLessThanOrEqual(32)
    const failed = (await writes(edge))?.notComparable['service-failed'] ?? 0
    expect(shadow.queued + shadow.running + shadow.shed + failed).toBe(100)
    return true
  })
})

test('law 7: a write whose body is too large or was never read is not sent to the other arm, and counted', async () => {
  const legacy = await startUpstream((request, response) => {
    if (request.url?.endsWith('/refused')) response.writeHead(413).end()
    else request.resume().on('end', () => response.end('{}'))
  })
  const service = await startJson({})
  const edge = await startWriting(legacy, service)
  await edge.send('POST', '/api/customers/large', { body: Buffer.alloc(1024 * 1024 + 1, 'x') })
  await eventually(async () => expect(await writes(edge)).toMatchObject({ shed: 1, compared: 0 }))
  const refused =
    'POST /api/customers/refused HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf'
  expect(await exchangeBytes(edge.address, refused)).toMatch(/^HTTP\/1.1 413/)
  await eventually(async () => expect((await writes(edge))?.notComparable['not-asked']).toBe(1))
  expect(service.seen).toEqual([])
})

test('a write is not sent to the other arm when the share does not take it', async () => {
  const [legacy, service] = [await startJson({}), await startJson({})]
  const edge = await startWriting(legacy, service)
  const stopped = routesOf({ legacy: legacy.url, service: service.url }).replace(
    'serve: owner',
    'serve: owner\n    shadow: 0%\n    shadow-writes: { reason: the service runs on a copy }',
  )
  await edge.flip(stopped)
  await edge.send('POST', '/api/customers/7', { body: '{}' })
  expect(service.seen).toEqual([])
})
