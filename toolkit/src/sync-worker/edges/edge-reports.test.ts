import { expect, test } from 'vitest'
import { startAdmin } from './edge.fixture.ts'
import { buildEdgeReports } from './edge-reports.ts'

test('each edge is told its own time, with the token', async () => {
  const [one, two] = [await startEdge(1000), await startEdge(9000)]
  const reports = reportsTo([one.url, two.url])
  await reports.report(await reports.now())
  expect(bodiesOf(one)).toEqual([{ capability: 'users' }, { capability: 'users', through: 1000 }])
  expect(bodiesOf(two)).toEqual([{ capability: 'users' }, { capability: 'users', through: 9000 }])
  expect(one.tokens).toEqual(new Set(['Bearer secret']))
})

test('an edge that is down is left out, the other is told', async () => {
  const [up, down] = [await startEdge(1000), await startEdge(2000)]
  await down.stop()
  const reports = reportsTo([down.url, up.url])
  await reports.report(await reports.now())
  expect(bodiesOf(up).at(-1)).toEqual({ capability: 'users', through: 1000 })
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
  const edge = await startAdmin({ '/applied': { status: 401, body: { now: 1000 } } })
  await expect(reportsTo([edge.url]).now()).rejects.toMatchObject({ code: 'edges-unreachable' })
})

const startEdge = (now: number) => startAdmin({ '/applied': { body: { now } } })

function bodiesOf({ heard }: Awaited<ReturnType<typeof startAdmin>>) {
  return heard.map(({ body }) => body)
}

function reportsTo(urls: readonly string[]) {
  return buildEdgeReports({ urls, readToken: async () => 'secret', capability: 'users' })
}
