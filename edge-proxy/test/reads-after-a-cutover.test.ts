import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { cutoverOf } from './hold-fixture.ts'
import { startJson } from './upstream.ts'

const armOf = (got: { body: string }) => JSON.parse(got.body).arm as string
const mine = { 'x-api-key': 'mine' }

/** Reads are served by the arm that `serve` names; the clock stands until a test moves it. */
async function edgeThatServes(serve: 'legacy' | 'service') {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const time = { now: 100_000, wall: 0 }
  const clock = { now: () => time.now + time.wall, monotonic: () => time.now, sleep: async () => undefined }
  const routes = routesOf({ legacy: legacy.url, service: service.url, serve })
  const edge = await startEdge({ legacy: legacy.url, routes, options: { clock } })
  return { edge, time, cutover: cutoverOf(edge), read: async () => armOf(await edge.get('/api/customers/7', mine)) }
}

const write = (edge: EdgeUnderTest) => edge.send('PUT', '/api/customers/7', { headers: mine, body: '{}' })

async function report(edge: EdgeUnderTest, body: { from?: string; through?: number }) {
  const answer = await edge.admin('POST', '/applied', { capability: 'users', ...body })
  return JSON.parse(answer.body) as { now: number; taken?: boolean }
}

test('a write that was held and released to the new owner is read from the new owner until the reverse follow has passed it', async () => {
  const { edge, time, cutover, read } = await edgeThatServes('legacy')
  await cutover.hold(1)
  const written = write(edge)
  await cutover.holds(1)
  // Not executed yet: nothing to be read.
  expect(await read()).toBe('legacy')
  time.now += 50
  await cutover.owner('service', 1)
  await cutover.release('service', 1)
  expect(armOf(await written)).toBe('service')
  expect(await read()).toBe('service')
  time.now += 10
  const { now } = await report(edge, { from: 'service' })
  expect(await read()).toBe('service')
  expect(await report(edge, { from: 'service', through: now })).toMatchObject({ taken: true })
  expect(await read()).toBe('legacy')
})

test('a late report of the direction before the cutover lets no caller go, though it is newer than the write', async () => {
  const { edge, time, cutover, read } = await edgeThatServes('legacy')
  await cutover.hold(1)
  await cutover.owner('service', 1)
  await cutover.release('service', 1)
  expect(armOf(await write(edge))).toBe('service')
  time.now += 10
  // The old worker has not heard of the cutover: it finds nothing new in legacy, so everything is applied for it.
  const { now } = await report(edge, { from: 'legacy' })
  expect(await report(edge, { from: 'legacy', through: now })).toMatchObject({ taken: false })
  expect(await read()).toBe('service')
  // One that does not say whom it follows may be the old one.
  expect(await report(edge, { through: now })).toMatchObject({ taken: false })
  expect(await read()).toBe('service')
  time.now += 5_000
  expect(await read()).toBe('legacy')
})

test('a report from before the cutover, of a time before the write, releases nothing after the next cutover either', async () => {
  const { edge, time, cutover, read } = await edgeThatServes('service')
  const old = await report(edge, { from: 'legacy' })
  for (const [epoch, owner] of [
    [1, 'service'],
    [2, 'legacy'],
  ] as const) {
    await cutover.hold(epoch)
    await cutover.owner(owner, epoch)
    await cutover.release(owner, epoch)
  }
  time.now += 10
  expect(armOf(await write(edge))).toBe('legacy')
  expect(await report(edge, { from: 'legacy', through: old.now })).toMatchObject({ taken: true })
  expect(await read()).toBe('legacy')
})

test('before any cutover a report need not say whom it follows', async () => {
  const { edge, time, read } = await edgeThatServes('service')
  expect(armOf(await write(edge))).toBe('legacy')
  time.now += 10
  const { now } = await report(edge, {})
  expect(await report(edge, { through: now })).toMatchObject({ taken: true })
  expect(await read()).toBe('service')
})

test("a machine's clock that is set back lets no caller go before his write has been followed", async () => {
  const { edge, time, read } = await edgeThatServes('service')
  const { now } = await report(edge, { from: 'legacy' })
  await report(edge, { from: 'legacy', through: now })
  time.now += 10
  time.wall = -3_600_000
  expect(armOf(await write(edge))).toBe('legacy')
  expect(await read()).toBe('legacy')
})
