import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startHanging, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

test('a close finishes what is in flight, refuses what is new, says that it drains, and cuts nothing', async () => {
  let answer: () => void = () => undefined
  const legacy = await startUpstream((_request, response) => {
    answer = () => void response.end('late')
  })
  const edge = await startEdge({ legacy: legacy.url, options: { drainMs: 5_000 } })
  const idle = await openWire(edge.address)
  idle.send('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => idle.received().includes(' 204 '))
  const inFlight = edge.get('/slow')
  await eventually(() => legacy.connections() === 1)
  expect(await edge.admin('GET', '/readyz')).toMatchObject({ status: 200 })
  const closing = edge.edge.close()
  expect(await edge.admin('GET', '/readyz')).toMatchObject({ status: 503 })
  await idle.closed()
  expect(await edge.get('/new').catch((error: unknown) => error)).toMatchObject({ code: 'ECONNREFUSED' })
  answer()
  expect(await inFlight).toMatchObject({ status: 200, body: 'late', headers: { connection: 'close' } })
  expect(await closing).toEqual({ cut: [] })
})

test('what does not end within the bound is cut and named', async () => {
  const legacy = await startHanging()
  const edge = await startEdge({ legacy: legacy.url, options: { drainMs: 100 } })
  const hanging = edge.get('/slow', { 'x-request-id': 'never-ends' }).catch((error: unknown) => error)
  await eventually(() => legacy.connections() === 1)
  expect(await edge.edge.close()).toEqual({ cut: [{ id: 'never-ends', method: 'GET', path: '/slow' }] })
  expect(await hanging).toBeInstanceOf(Error)
  expect(edge.lines.find((line) => line.msg === 'edge closed')).toMatchObject({ cut: [{ id: 'never-ends' }] })
})
