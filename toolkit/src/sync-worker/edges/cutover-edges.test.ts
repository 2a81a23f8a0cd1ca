import { expect, test } from 'vitest'
import { buildCutoverEdges } from './cutover-edges.ts'
import { type Answers, startAdmin } from './edge.fixture.ts'

const bounds = { maxHoldMs: 2000, maxRequests: 10, maxBytes: 1000 }
const owned = { capabilities: [{ capability: 'users', owner: 'legacy' }], refused: [], draining: false }

test('every edge is asked to hold, with capability, epoch and bounds', async () => {
  const { edges, admins } = await startEdges([{}, {}])
  await edges.hold(3, bounds)
  for (const { heard } of admins)
    expect(heard).toEqual([{ path: '/hold', body: { capability: 'users', epoch: 3, ...bounds } }])
})

test('when one edge does not begin to hold, those that did let go to the owner that they know, and the fault names it', async () => {
  const refusing = { '/hold': { status: 409, body: { code: 'hold-stale' } }, '/status': { body: owned } }
  const { edges, admins } = await startEdges([{ '/status': { body: owned } }, refusing])
  await expect(edges.hold(3, bounds)).rejects.toMatchObject({
    code: 'edge-refused',
    exitCode: 6,
    message: `the edge at ${admins[1]?.url} refused (409): hold-stale`,
  })
  expect(admins[0]?.heard.at(-1)).toEqual({
    path: '/release',
    body: { capability: 'users', epoch: 3, owner: 'legacy' },
  })
})

test('an edge that is down fails the hold as unreachable, and says what to do', async () => {
  const { edges, admins } = await startEdges([{ '/status': { body: owned } }, {}])
  await admins[1]?.stop()
  await expect(edges.hold(3, bounds)).rejects.toMatchObject({
    code: 'edge-unreachable',
    exitCode: 5,
    hint: expect.stringContaining('"edges:"'),
  })
  expect(admins[0]?.heard.at(-1)?.path).toBe('/release')
})

test('all are drained, or fenced, only when each of them is', async () => {
  const yes = { '/drained': { body: { drained: true, inFlight: 0 } }, '/fenced': { body: { held: true } } }
  const no = { '/drained': { body: { drained: false, inFlight: 2 } }, '/fenced': { body: { held: false } } }
  const both = (await startEdges([yes, yes])).edges
  expect([await both.drained(1, 500), await both.fenced(1)]).toEqual([true, true])
  const one = (await startEdges([yes, no])).edges
  expect([await one.drained(1, 500), await one.fenced(1)]).toEqual([false, false])
})

test('an edge that answers nonsense is refused, not believed', async () => {
  const { edges } = await startEdges([{ '/owner': { status: 500 } }])
  await expect(edges.moveOwner('service', 1)).rejects.toMatchObject({ code: 'edge-refused' })
})

test('a release sums what every edge held, with the quantiles over all waits', async () => {
  const one = { held: 2, released: 2, refused: 0, left: 0, waitsMs: [10, 30] }
  const two = { held: 3, released: 1, refused: 1, left: 1, waitsMs: [20, 40, 250] }
  const { edges } = await startEdges([{ '/release': { body: one } }, { '/release': { body: two } }])
  expect(await edges.release('service', 1)).toEqual({
    held: 5,
    released: 3,
    refused: 1,
    left: 1,
    p50Ms: 30,
    p99Ms: 250,
    maxMs: 250,
  })
})

test('a release never throws: an edge that is gone is left out', async () => {
  const { edges, admins } = await startEdges([{ '/release': { body: { held: 1, released: 1, waitsMs: [5] } } }, {}])
  await admins[1]?.stop()
  expect(await edges.release('service', 1)).toMatchObject({ held: 1, released: 1, refused: 0, maxMs: 5 })
})

test('where nothing was held the waits are unknown, not zero', async () => {
  const { edges } = await startEdges([{}])
  expect(await edges.release('service', 1)).toMatchObject({ held: 0, p50Ms: undefined, p99Ms: undefined })
})

test.each([
  ['all is well', owned, undefined],
  ['it drains', { ...owned, draining: true }, 'it is ending'],
  [
    'it refuses the file',
    { ...owned, refused: ['routes.yaml:3:1 no'] },
    "it refuses the route table's file: routes.yaml:3:1 no",
  ],
  ['it does not know the capability', { ...owned, capabilities: [] }, 'its route table has no capability "users"'],
  [
    'it holds already',
    { ...owned, capabilities: [{ capability: 'users', owner: 'legacy', hold: { epoch: 4 } }] },
    'it holds writes already, for epoch 4',
  ],
])('what an edge says of itself is seen: %s', async (_name, body, trouble) => {
  const { edges } = await startEdges([{ '/status': { body } }])
  expect(await edges.see()).toMatchObject([{ answers: true, trouble }])
})

test('an edge that does not answer is seen as such, beside one that does', async () => {
  const { edges, admins } = await startEdges([{ '/status': { body: owned } }, {}])
  await admins[1]?.stop()
  expect(await edges.see()).toMatchObject([
    { answers: true, owner: 'legacy', trouble: undefined },
    { answers: false, owner: undefined, trouble: expect.stringContaining('no edge answers') },
  ])
})

async function startEdges(answers: readonly Answers[]) {
  const admins = await Promise.all(answers.map(startAdmin))
  const urls = admins.map(({ url }) => url)
  return { admins, edges: buildCutoverEdges({ capability: 'users', urls, readToken: async () => 'secret' }) }
}
