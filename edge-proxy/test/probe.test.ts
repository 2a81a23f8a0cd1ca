import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startJson } from './upstream.ts'

async function probe(edge: EdgeUnderTest) {
  const answer = await edge.admin('POST', '/probe')
  expect(answer.status).toBe(200)
  return JSON.parse(answer.body).shadows
}

test('a shadow is unknown until a probe has come through it and back to a tally, and the traffic is not counted by it', async () => {
  const legacy = await startJson({ id: '7' })
  const service = await startJson({ id: '8' })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '10%' })
  expect((await edge.status()).shadows).toMatchObject([{ route: 'users.read', state: 'unknown' }])
  const proven = [{ route: 'users.read', state: 'proven', by: 'probe', at: expect.stringMatching(/Z$/) }]
  expect(await probe(edge)).toMatchObject(proven)
  expect((await edge.status()).shadows).toMatchObject(proven)
  for (const { seen } of [legacy, service]) {
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'GET', target: '/api/customers/banyan-probe' })
    expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'banyan-probe', 'x-banyan-shadow': '1' })
  }
  expect((await edge.tally()).routes).toEqual([])

  // Another arm is another shadow.
  await edge.flip(routesOf({ legacy: legacy.url, service: (await startJson({})).url, shadow: '10%' }))
  expect((await edge.status()).shadows).toMatchObject([{ state: 'unknown' }])
  await edge.flip(routesOf({ legacy: legacy.url, service: service.url, shadow: '0%' }))
  expect((await edge.status()).shadows).toEqual([])
})

test('a shadow whose arm is down is named with why, and one that no made-up read can reach', async () => {
  const up = await startJson({ id: '7' })
  const down = `http://127.0.0.1:${await freePort()}`
  const noService = await startEdge({ legacy: up.url, service: down, shadow: '100%' })
  expect(await probe(noService)).toMatchObject([{ state: 'failed', why: 'service does not answer' }])
  const exact = routesOf({ legacy: down, service: up.url, shadow: '100%' }).replace(
    'routes:\n',
    'routes:\n  - { name: before, match: { path: /api/customers/banyan-probe }, upstream: users }\n',
  )
  const hidden = await startEdge({ legacy: '', routes: exact })
  expect(await probe(hidden)).toMatchObject([
    { state: 'failed', why: expect.stringMatching(/^no read can be made up/) },
  ])
  await hidden.flip(routesOf({ legacy: down, service: up.url, shadow: '100%' }))
  expect(await probe(hidden)).toMatchObject([
    { state: 'failed', why: expect.stringMatching(/^legacy does not answer/) },
  ])
})

test('traffic that was compared proves a shadow too', async () => {
  const arm = await startJson({ id: '7' })
  const edge = await startEdge({ legacy: arm.url, shadow: '100%', service: (await startJson({ id: '7' })).url })
  await edge.get('/api/customers/7')
  await eventually(async () =>
    expect((await edge.status()).shadows).toMatchObject([{ state: 'proven', by: 'traffic' }]),
  )
})
