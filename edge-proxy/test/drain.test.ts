import { expect, test } from 'vitest'
import { formatCut } from '../src/edge.ts'
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
  expect(await closing).toEqual({ cut: [], tunnels: 0 })
})

test('what does not end within the bound is cut and named', async () => {
  const legacy = await startHanging()
  const edge = await startEdge({ legacy: legacy.url, options: { drainMs: 100 } })
  const hanging = edge.get('/slow', { 'x-request-id': 'never-ends' }).catch((error: unknown) => error)
  await eventually(() => legacy.connections() === 1)
  expect(await edge.edge.close()).toEqual({
    cut: [{ id: 'never-ends', method: 'GET', path: '/slow' }],
    tunnels: 0,
  })
  expect(await hanging).toBeInstanceOf(Error)
  expect(edge.lines.find((line) => line.msg === 'edge closed')).toMatchObject({ cut: [{ id: 'never-ends' }] })
})

test('what the edge cuts when it stops is told as its own doing, and no failure of the upstream', async () => {
  const legacy = await startUpstream(({ url }, response) => {
    if (url === '/events') response.write('data: 1\n\n')
  })
  const edge = await startEdge({ legacy: legacy.url, options: { drainMs: 100 } })
  const events = await openWire(edge.address)
  events.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => events.received().includes('data: 1'))
  const upload = await openWire(edge.address)
  upload.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf')
  await eventually(() => legacy.connections() === 2)
  await edge.edge.close()
  const ended = await eventually(() => {
    const lines = edge.lines.filter(({ msg }) => msg === 'request')
    return lines.length === 2 && lines
  })
  expect(ended.find(({ path }) => path === '/events')).toMatchObject({ status: 200, cutBy: 'edge' })
  expect(ended.find(({ path }) => path === '/upload')).toMatchObject({ status: 503, fault: 'edge-closed' })
  expect(edge.lines.filter(({ msg }) => msg === 'upstream fails')).toEqual([])
})

test('what was cut is said in a line, however much it was', () => {
  const one = { id: 'a-1', method: 'GET', path: '/slow' }
  expect(formatCut({ cut: [], tunnels: 3 })).toBeUndefined()
  expect(formatCut({ cut: [one], tunnels: 0 })).toBe('cut 1 request that did not end in time: GET /slow (a-1)')
  const many = new Array(12).fill(one)
  expect(formatCut({ cut: many, tunnels: 1 })).toMatch(/^cut 12 requests .* and 2 more; closed 1 upgraded connection$/)
})
