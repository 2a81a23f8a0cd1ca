import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startAnswering, startBytes, startUpstream } from './upstream.ts'
import { exchangeBytes, openWire } from './wire.ts'

test('hop-by-hop headers stay on their connection, both ways, and Connection cannot take away what the edge adds', async () => {
  const legacy = await startBytes((socket) => {
    socket.on('data', (bytes) => {
      seen.push(bytes.toString('latin1'))
      socket.end(
        'HTTP/1.1 200 OK\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: timeout=99\r\nProxy-Authenticate: Basic\r\nX-Kept: 1\r\nVia: 1.0 cache\r\nContent-Length: 2\r\n\r\nok',
      )
    })
  })
  const seen: string[] = []
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(
    edge.address,
    'GET /a HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Mine, X-Forwarded-For, X-Request-Id, Host, Cookie\r\nX-Mine: 1\r\nCookie: a=1\r\n' +
      'X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nX-User-Id: root\r\nX_User_Id: root\r\nTransfer_Encoding: chunked\r\n' +
      'Keep-Alive: 1\r\nTE: gzip\r\nProxy-Authorization: Basic x\r\nX-Rewrite-URL: /admin\r\nX-End: to-end\r\n\r\n',
  )
  const head = (seen[0] ?? '').toLowerCase()
  expect(head).toContain('host: shop.example\r\n')
  expect(head).toContain('cookie: a=1\r\n')
  expect(head).toContain('x-end: to-end\r\n')
  expect(head).toContain('x-forwarded-for: 127.0.0.1\r\n')
  expect(head).toContain('forwarded: for=127.0.0.1;host="shop.example";proto=http\r\n')
  expect(head).toMatch(/via: 1\.1 banyan-[0-9a-f]{8}\r\n/)
  expect(head).toMatch(/x-request-id: [\w-]{8,}\r\n/)
  for (const gone of [
    'x-mine',
    '6.6.6.6',
    'root',
    'transfer',
    'keep-alive: 1',
    'te: gzip',
    'proxy-auth',
    'x-rewrite-url',
  ]) {
    expect(head).not.toContain(gone)
  }
  expect(answer).toContain('X-Kept: 1')
  expect(answer).toMatch(/Via: 1\.0 cache\r\n[\s\S]*Via: 1\.1 banyan-[0-9a-f]{8}\r\n/)
  for (const gone of ['X-Secret', 'timeout=99', 'Proxy-Authenticate']) expect(answer).not.toContain(gone)
})

test('a trace and a request id that came in are continued; malformed ones are replaced', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end())
  const edge = await startEdge({ legacy: legacy.url })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const got = await edge.get('/', { traceparent, tracestate: 'a=1', 'x-request-id': 'mine-12345' })
  expect(got.headers['x-request-id']).toBe('mine-12345')
  expect(legacy.seen[0]?.headers.traceparent).toMatch(
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
  )
  expect(legacy.seen[0]?.headers.tracestate).toBe('a=1')
  const other = await edge.get('/', { traceparent: '00-zz', tracestate: 'a=1', 'x-request-id': 'bad id' })
  expect(other.headers['x-request-id']).not.toBe('bad id')
  expect(legacy.seen[1]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(legacy.seen[1]?.headers.tracestate).toBeUndefined()
})

test('each Set-Cookie stays a line of its own, in order, and latin-1 bytes of values are kept', async () => {
  const legacy = await startBytes((socket) => {
    socket.on('data', () =>
      socket.end(
        Buffer.from(
          'HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nX-Name: J\xe9r\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n',
          'latin1',
        ),
      ),
    )
  })
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(edge.address, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(answer).toContain(
    'Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nX-Name: J\xe9r\r\nset-cookie: b=2\r\n',
  )
})

test('HEAD, 204 and 304 have no body, keep their headers, and leave the connection in step', async () => {
  const legacy = await startAnswering(({ target, method }, response) => {
    if (target === '/204') response.writeHead(204).end()
    else if (target === '/304') response.writeHead(304, { etag: '"1"', 'content-length': 12 }).end()
    else response.writeHead(200, { 'content-length': 5 }).end(method === 'HEAD' ? undefined : 'hello')
  })
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(
    edge.address,
    ['HEAD /head', 'GET /204', 'GET /304', 'GET /get']
      .map((line, i) => `${line} HTTP/1.1\r\nHost: a\r\n${i === 3 ? 'Connection: close\r\n' : ''}\r\n`)
      .join(''),
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 204', 'HTTP/1.1 304', 'HTTP/1.1 200'])
  expect(answer.match(/content-length: \d+/gi)).toEqual([
    'content-length: 5',
    'content-length: 12',
    'content-length: 5',
  ])
  expect(answer.match(/hello/g)).toHaveLength(1)
})

test('a chunked DELETE body that looks like a request arrives as one body of one request', async () => {
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
  const legacy = await startAnswering((_seen, response) => void response.end('done'))
  const edge = await startEdge({ legacy: legacy.url })
  for (const method of ['DELETE', 'OPTIONS', 'GET', 'POST']) {
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    await exchangeBytes(
      edge.address,
      `${method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    )
  }
  expect(legacy.seen.map(({ method, target, body }) => ({ method, target, body }))).toEqual(
    ['DELETE', 'OPTIONS', 'GET', 'POST'].map((method) => ({ method, target: '/x', body: hidden })),
  )
})

test('trailers pass both ways as trailers, without those that may only stand in front', async () => {
  const trailers: unknown[] = []
  const legacy = await startUpstream((request, response) => {
    request.resume()
    request.on('end', () => {
      trailers.push(request.rawTrailers)
      response.write('body')
      response.addTrailers({ 'X-Sum': '1', 'Set-Cookie': 'a=b', 'Content-Length': '7', 'X-User-Id': '7' })
      response.end()
    })
  })
  const edge = await startEdge({ legacy: legacy.url })
  const chunks = '4\r\nsent\r\n0\r\nX-In: 1\r\nHost: b\r\nX_Forwarded_For: 9.9.9.9\r\nAuthorization: x\r\n\r\n'
  const post = `POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`
  const answer = await exchangeBytes(edge.address, post)
  expect(trailers).toEqual([['X-In', '1']])
  expect(answer.endsWith('\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n')).toBe(true)
  expect(answer).not.toContain('a=b')
})

test('early hints pass with their links alone, to whoever may know them', async () => {
  const legacy = await startBytes((socket) => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nSet-Cookie: a=b\r\n\r\n'
    socket.on('data', () =>
      socket.write(`HTTP/1.1 102 Busy\r\n\r\n${hints}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
    )
  })
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(edge.address, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK\r\n/)
  expect(answer).not.toMatch(/102|a=b/)
  expect(await exchangeBytes(edge.address, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK/)
  const behind = await startEdge({
    legacy: '',
    routes: plainRoutes(legacy.url, { top: 'listen: { trusted: [127.0.0.1] }' }),
  })
  const forwarded = 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n'
  expect(await exchangeBytes(behind.address, forwarded)).toMatch(/^HTTP\/1.1 200 OK/)
})

test('a client that waits for 100 Continue is not asked for a body that no upstream takes', async () => {
  const edge = await startEdge({ legacy: 'http://127.0.0.1:1' })
  const wire = await openWire(edge.address)
  wire.send('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
  expect(await wire.closed()).toMatch(/^HTTP\/1.1 502 .*Connection: close/s)
})

test('Expect: 100-continue is answered before the body is sent; another expectation is 417', async () => {
  const legacy = await startAnswering(({ body }, response) => void response.end(`got ${body}`))
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send('POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
  await eventually(() => wire.received().startsWith('HTTP/1.1 100 Continue\r\n\r\n'))
  wire.send('body')
  expect(await wire.closed()).toContain('got body')
  expect(legacy.seen[0]?.headers.expect).toBeUndefined()
  const other = await exchangeBytes(
    edge.address,
    'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 200-ok\r\n\r\n',
  )
  expect(other).toMatch(/^HTTP\/1\.1 417 /)
})

test('the head of an answer goes out before its body: server-sent events arrive one by one', async () => {
  const legacy = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    setTimeout(() => response.write('data: 1\n\n'), 50)
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => wire.received().includes('text/event-stream'))
  expect(wire.received()).not.toContain('data: 1')
  await eventually(() => wire.received().includes('data: 1'))
})

test('the path that is matched is the path that is sent, and the query goes on byte for byte', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end())
  const edge = await startEdge({ legacy: legacy.url })
  for (const target of ['/a%20b/%7euser?x=%7e&&y=1+2?', '/api/customers/%37', '/a;v=1/x']) await edge.get(target)
  expect(legacy.seen.map(({ target }) => target)).toEqual([
    '/a%20b/~user?x=%7e&&y=1+2?',
    '/api/customers/7',
    '/a;v=1/x',
  ])
})
