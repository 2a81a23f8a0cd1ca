import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

const impatient = 'limits: { header-time: 1s, stall: 1s, keep-alive: 1s, min-rate: 100KiB }'
const host = 'Host: a\r\n'

test('who sends nothing, half a header, half a body, or no further request, is not waited for', async () => {
  const whole: string[] = []
  const legacy = await startUpstream((request) => {
    request.on('error', () => undefined).on('end', () => whole.push(request.url ?? ''))
    request.resume()
  })
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top: impatient }) })
  const [silent, header, body, chunked, served] = await Promise.all([1, 2, 3, 4, 5].map(() => openWire(edge.address)))
  header?.send(`GET / HTTP/1.1\r\n${host}X: `)
  body?.send(`POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nhello`)
  chunked?.send(`POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
  served?.send(`OPTIONS * HTTP/1.1\r\n${host}\r\n`)
  const drip = setInterval(() => {
    header?.send('x')
    chunked?.send('1\r\nx\r\n')
  }, 300)
  try {
    expect(await header?.closed()).toMatch(/^HTTP\/1\.1 408 /)
    expect(await body?.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*body-too-slow/)
    expect(await chunked?.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*body-too-slow/)
    expect(await served?.closed()).toMatch(/^HTTP\/1\.1 204 [\s\S]*Keep-Alive: timeout=1/)
    // A browser connects ahead of its requests: that is nothing to be answered, or told.
    expect(await silent?.closed()).toBe('')
  } finally {
    clearInterval(drip)
  }
  expect(whole).toEqual([])
  expect(edge.lines.filter(({ refused }) => refused === 'request-timeout')).toHaveLength(1)
  await eventually(() => legacy.connections() === 0)
  const { body: metrics } = await edge.admin('GET', '/metrics')
  expect(metrics).toContain('banyan_requests_refused_total{code="body-too-slow"} 2')
})

test('who does not take its answer is cut, and with it what is under way upstream', async () => {
  const legacy = await startUpstream((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    }
    response.on('drain', more)
    more()
  })
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top: impatient }) })
  const wire = await openWire(edge.address)
  wire.socket.pause()
  wire.send(`GET / HTTP/1.1\r\n${host}\r\n`)
  await eventually(() => legacy.connections() === 1)
  await eventually(() => legacy.connections() === 0)
  expect((await edge.admin('GET', '/metrics')).body).toContain('code="reader-too-slow"} 1')
})

test('it is nobody being slow when the upstream takes its time, or takes no body', async () => {
  const quick = 'limits: { stall: 1s, min-rate: 1024GiB }'
  const legacy = await startUpstream((request, response) => {
    request.pause()
    setTimeout(() => response.end('late'), 2_600)
  })
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top: quick }) })
  const [waiting, sending] = [await openWire(edge.address), await openWire(edge.address)]
  waiting.send(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
  sending.send(`POST / HTTP/1.1\r\n${host}Connection: close\r\nContent-Length: ${8 * 1024 * 1024}\r\n\r\n`)
  sending.send(Buffer.alloc(8 * 1024 * 1024))
  expect(await waiting.closed()).toMatch(/200 OK[\s\S]*late/)
  expect(sending.received()).not.toContain(' 408 ')
})
