import { expect, test } from 'vitest'
import { type EdgeUnderTest, startEdge } from './edge-fixture.ts'
import { startAnswering, type TestUpstream } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

const H = 'Host: a\r\n'
const get = (target: string) => `GET ${target} HTTP/1.1\r\n${H}\r\n`
const post = (headers: string, body = '') => `POST /x HTTP/1.1\r\n${H}${headers}\r\n${body}`
const chunked = '0\r\n\r\n'

/** Each is answered with the status and the end of the connection, and nothing of it is forwarded (RFC 9112). */
const refused: readonly (readonly [name: string, bytes: string, status: number])[] = [
  [
    'Content-Length and Transfer-Encoding',
    post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG'),
    400,
  ],
  [
    'Transfer-Encoding and Content-Length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 6\r\n', '0\r\n\r\nG'),
    400,
  ],
  ['Transfer-Encoding twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', chunked), 400],
  ['Transfer-Encoding: gzip, chunked', post('Transfer-Encoding: gzip, chunked\r\n', chunked), 400],
  ['Transfer-Encoding: chunked, gzip', post('Transfer-Encoding: chunked, gzip\r\n', chunked), 400],
  ['Transfer-Encoding: xchunked', post('Transfer-Encoding: xchunked\r\n', chunked), 400],
  ['Transfer-Encoding: chunked;x=1', post('Transfer-Encoding: chunked;x=1\r\n', chunked), 400],
  ['Transfer-Encoding: "chunked"', post('Transfer-Encoding: "chunked"\r\n', chunked), 400],
  ['an empty Transfer-Encoding', post('Transfer-Encoding:\r\n', chunked), 400],
  ['Transfer-Encoding with a space before the colon', post('Transfer-Encoding : chunked\r\n', chunked), 400],
  ['Transfer-Encoding in HTTP/1.0', `POST /x HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n${chunked}`, 400],
  ['two different Content-Lengths', post('Content-Length: 5\r\nContent-Length: 10\r\n', 'hello'), 400],
  ['one Content-Length twice', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 400],
  ['a list of Content-Lengths', post('Content-Length: 5, 5\r\n', 'hello'), 400],
  ...['+5', '-1', '0x5', '1_0', '1 0', '5;', '99999999999999999999'].map(
    (length) => [`Content-Length: ${length}`, post(`Content-Length: ${length}\r\n`, 'hello'), 400] as const,
  ),
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', `GET / HTTP/1.1\r\n${H}Host: b\r\n\r\n`, 400],
  ['the same Host twice', `GET / HTTP/1.1\r\n${H}${H}\r\n`, 400],
  ...['', 'a, b', 'u@h', 'h/path', 'h:99999', '[::1', 'h:0', 'a b'].map(
    (host) => [`Host: "${host}"`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400] as const,
  ),
  ['Authorization twice', `GET / HTTP/1.1\r\n${H}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`, 400],
  ['another authority than Host', `GET http://other/x HTTP/1.1\r\n${H}\r\n`, 400],
  ['absolute-form of another scheme', `GET file:///etc/passwd HTTP/1.1\r\n${H}\r\n`, 400],
  ...[
    '/a/../b',
    '/a/%2e%2e/b',
    '/a/..%2fb',
    '/a%5cb',
    '/a\\b',
    '//a',
    '/a//b',
    '/a%00',
    '/a/..;/b',
    '/%252e%252e/',
    '/a#b',
    '/%c0%af',
  ].map((target) => [`the path ${target}`, get(target), 400] as const),
  ['GET *', get('*'), 400],
  ['TRACE', `TRACE / HTTP/1.1\r\n${H}\r\n`, 405],
  ['201 header lines', `GET / HTTP/1.1\r\n${H}${'a: b\r\n'.repeat(200)}\r\n`, 431],
  [
    '2 005 small headers before a Content-Length',
    `GET / HTTP/1.1\r\n${H}${'a:b\r\n'.repeat(2005)}Content-Length: 41\r\n\r\n`,
    431,
  ],
  ['a header of 20 KiB', `GET / HTTP/1.1\r\n${H}X: ${'x'.repeat(20_480)}\r\n\r\n`, 431],
  ['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400],
  ['a bare CR in a value', `GET / HTTP/1.1\r\n${H}X: a\rTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['a NUL in a value', `GET / HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`, 400],
]

test('what has two readings is refused whole, and nothing behind it on its connection is executed', async () => {
  const { edge, legacy } = await world()
  for (const [name, bytes, status] of refused) {
    const answer = await exchangeBytes(edge.address, `${bytes}${get('/behind')}`)
    const heads = answer.match(/^HTTP\/1\.1 \d+/gm)
    expect({ name, heads, reached: legacy.seen.length }).toEqual({ name, heads: [`HTTP/1.1 ${status}`], reached: 0 })
    expect(answer).toContain('application/problem+json')
    expect(answer).toMatch(/\r\nConnection: close\r\n/)
  }
})

async function world(): Promise<{ edge: EdgeUnderTest; legacy: TestUpstream }> {
  const legacy = await startAnswering((_seen, response) => void response.end('reached'))
  return { legacy, edge: await startEdge({ legacy: legacy.url }) }
}

test('OPTIONS * is answered by the edge, and an absolute-form of its own host is served', async () => {
  const { edge, legacy } = await world()
  const answer = await exchangeBytes(
    edge.address,
    `OPTIONS * HTTP/1.1\r\n${H}\r\nGET http://a/x?y HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200'])
  expect(legacy.seen).toMatchObject([{ target: '/x?y' }])
})

test('CONNECT makes no tunnel', async () => {
  const { edge, legacy } = await world()
  expect(await exchangeBytes(edge.address, `CONNECT h:443 HTTP/1.1\r\n${H}\r\n`)).not.toMatch(/ 200 /)
  expect(legacy.seen).toEqual([])
})

test('a request that comes back to the edge is recognised and ended', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end())
  const edge = await startEdge({ legacy: legacy.url })
  await edge.get('/')
  const via = String(legacy.seen[0]?.headers.via)
  expect(await edge.get('/', { via })).toMatchObject({ status: 508, body: /loop-detected/ })
  expect(legacy.seen).toHaveLength(1)
})
