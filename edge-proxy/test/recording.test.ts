import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { startAnswering, startJson } from './upstream.ts'

test('law 8: what is stored was redacted first: no secret of request or answer is in a recording, a tally or the log', async () => {
  const legacy = await startAnswering((_seen, response) => {
    response.setHeader('set-cookie', 'SHOPSESSID=canary-set; Path=/')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: '7', password: 'canary-answer', name: 'JO' }))
  })
  const edge = await startEdge({ legacy: legacy.url, shadow: '100%' })
  const recording = await startRecording(edge, { count: 2 })
  const headers = {
    'x-api-key': 'canary-key',
    authorization: 'Bearer canary-bearer',
    cookie: 'SHOPSESSID=canary-session',
    'content-type': 'application/json',
  }
  await edge.get('/api/customers/7?token=canary-query', headers)
  await edge.send('POST', '/api/customers', { headers, body: JSON.stringify({ name: 'JO', password: 'canary-body' }) })
  const body = await recording.whole
  const lines = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ banyanRecording: 1, routes: [] })
  expect(lines[1]).toMatchObject({
    route: 'users.read',
    capability: 'users',
    servedBy: 'legacy',
    request: { method: 'GET' },
    response: { status: 200, body: { encoding: 'utf8', data: expect.stringContaining('JO') } },
  })
  expect(lines[2]).toMatchObject({ route: 'users.write', request: { body: { data: expect.stringContaining('JO') } } })
  expect(lines[1].caller).toBe(lines[2].caller)
  expect(lines[3]).toEqual({ end: true, exchanges: 2, dropped: 0 })
  expect(body).not.toContain('canary')
  expect(JSON.stringify(edge.lines)).not.toContain('canary')
  expect(JSON.stringify(await edge.tally())).not.toContain('canary')
})

test('only the routes that are asked for are recorded; an unknown one is refused with the nearest word', async () => {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url })
  expect(await edge.admin('POST', '/recording', { routes: ['users.raed'] })).toMatchObject({
    status: 400,
    body: expect.stringContaining('Did you mean \\"users.read\\"'),
  })
  const recording = await startRecording(edge, { routes: ['users.read'], count: 1 })
  await edge.get('/shop')
  await edge.get('/api/customers/1')
  const lines = (await recording.whole).trim().split('\n')
  expect(lines.slice(1, -1).map((line) => JSON.parse(line).route)).toEqual(['users.read'])
})

test('law 9: a reader that is too slow loses exchanges, which are counted; the traffic does not wait for it', async () => {
  const legacy = await startJson({ big: 'x'.repeat(480_000) })
  const routes = routesOf({ legacy: legacy.url }).replace('routes:', 'recording: { body: 512KiB }\nroutes:')
  const edge = await startEdge({ legacy: legacy.url, routes })
  const reader = await slowReader(edge)
  for (let n = 0; n < 60; n++) {
    const got = await edge.get('/api/customers/7')
    expect(got.status).toBe(200)
  }
  const trailer = await reader.readOn(() => edge.edge.close())
  expect(trailer.end).toBe(true)
  // How many depends on what the kernel keeps for the reader.
  expect(trailer.dropped).toBeGreaterThan(0)
  expect(trailer.dropped + trailer.exchanges).toBe(60)
})

/** Asks for a recording; its header is there once it has begun. */
async function startRecording(edge: EdgeUnderTest, wanted: object): Promise<{ readonly whole: Promise<string> }> {
  const asked = request(`${edge.adminAddress}/recording`, {
    method: 'POST',
    headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
  })
  asked.end(JSON.stringify(wanted))
  const [answer] = await once(asked, 'response')
  await once(answer, 'readable')
  return { whole: text(answer) }
}

interface SlowReader {
  readOn(then: () => Promise<unknown>): Promise<{ end: boolean; exchanges: number; dropped: number }>
}

/** Asks for a recording and then does not read. */
async function slowReader(edge: EdgeUnderTest): Promise<SlowReader> {
  const { port, host } = new URL(edge.adminAddress)
  const socket = connect(Number(port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(
    `POST /recording HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${edge.token}\r\nContent-Length: 0\r\n\r\n`,
  )
  await new Promise((resolve) => socket.once('readable', resolve))
  return {
    readOn: async (then) => {
      let received = ''
      socket.setEncoding('latin1')
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.on('data', (chunk) => {
        received += String(chunk)
      })
      socket.resume()
      await then()
      await closed
      const line = received.split('\n').find((one) => one.startsWith('{"end":true'))
      return JSON.parse(line ?? '{}')
    },
  }
}
