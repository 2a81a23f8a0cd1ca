import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { imported } from './formats.fixture.ts'

const end = '\n🐵🙈🙉\n'
const id = 'a1b2c3d4e5f6a1b2c3d4e5f6'
const nanoseconds = '1772359200000000000'
const at = '2026-03-01T10:00:00.000Z'

function request(line: string, headers = 'Host: shop.test\r\n', body = ''): string {
  return `${line} HTTP/1.1\r\n${headers}\r\n${body}`
}

function record(meta: string, payload: string): string {
  return `${meta}\n${payload}${end}`
}

test('a request with its answer becomes an exchange, and one without is kept too', async () => {
  const file = [
    record(`1 ${id} ${nanoseconds} 4000`, request('POST /cart', 'Content-Length: 3\r\n', 'a=1')),
    record(`1 ffff ${nanoseconds}`, request('GET http://shop.test/x?y=1')),
    record(`2 ${id} 1772359200005000000 1000000`, 'HTTP/1.1 201 Created\r\nLocation: /cart/7\r\n\r\nmade'),
  ].join('')
  const { exchanges, report } = await imported(file)
  expect(report).toMatchObject({ format: 'gor', exchanges: 2, withoutAnswer: 1, malformed: 0 })
  expect(exchanges[0]).toMatchObject({
    ...{ id: 'imported-1', at, tookMs: 6 },
    request: { method: 'POST', target: '/cart', body: { data: 'a=1', bytes: 3 } },
    response: { status: 201, headers: [['Location', '/cart/7']], body: { data: 'made' } },
  })
  expect(exchanges[1]).toMatchObject({
    request: { method: 'GET', target: '/x?y=1' },
    response: { status: 0, body: { truncated: true } },
  })
})

test('packed files and chunked bodies are joined, and what was cut says so', async () => {
  const chunked = 'Transfer-Encoding: chunked\r\n'
  const file = [
    record(`1 a ${nanoseconds}`, request('POST /a', chunked, '3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')),
    record(`1 b ${nanoseconds}`, request('POST /b', chunked, '3\r\nabc\r\nf\r\nde')),
    record(`1 c ${nanoseconds}`, request('POST /c', 'Content-Length: 9\r\n', 'abc')),
  ].join('')
  const { exchanges } = await imported(gzipSync(file))
  expect(exchanges.map(({ request: { body } }) => [body?.data, body?.truncated])).toEqual([
    ['abcde', false],
    ['abcde', true],
    ['abc', true],
  ])
})

test('an answer to HEAD has no body, and "100 Continue" is not the answer', async () => {
  const file = [
    record(`1 a ${nanoseconds}`, request('HEAD /a')),
    record(`2 a ${nanoseconds} 5`, 'HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n'),
    record(`1 b ${nanoseconds}`, request('POST /b')),
    record(`2 b ${nanoseconds} 5`, 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nyes'),
  ].join('')
  const { exchanges } = await imported(file)
  expect(exchanges.map(({ response }) => [response.status, response.body?.data])).toEqual([
    [200, undefined],
    [200, 'yes'],
  ])
})

test('ids that are used twice give each request its own answer, in order', async () => {
  const file = [
    record(`1 a ${nanoseconds}`, request('GET /1')),
    record(`1 a ${nanoseconds}`, request('GET /2')),
    record(`2 a ${nanoseconds}`, 'HTTP/1.1 200 OK\r\n\r\none'),
    record(`2 a ${nanoseconds}`, 'HTTP/1.1 200 OK\r\n\r\ntwo'),
    record(`2 a ${nanoseconds}`, 'HTTP/1.1 200 OK\r\n\r\nnobody asked'),
    record(`3 a ${nanoseconds}`, 'HTTP/1.1 200 OK\r\n\r\nreplayed'),
  ].join('')
  const { exchanges, report } = await imported(file)
  expect(exchanges.map(({ request, response }) => [request.target, response.body?.data])).toEqual([
    ['/1', 'one'],
    ['/2', 'two'],
  ])
  expect(report.skipped).toEqual({ 'no-request': 2 })
})

test('malformed records are counted, named by their offset and left out', async () => {
  const good = record(`1 a ${nanoseconds}`, request('GET /1'))
  const bad = [
    record('1 a', request('GET /')),
    record(`9 a ${nanoseconds}`, request('GET /')),
    record('1 a yesterday', request('GET /')),
    record(`1 a ${nanoseconds}`, 'no http\r\n\r\n'),
    record(`1 a ${nanoseconds}`, 'GET / HTTP/1.1\r\nno header\r\n\r\n'),
    record(`1 a ${nanoseconds}`, request('POST /', 'Content-Length: -4\r\n')),
    record(`1 a ${nanoseconds}`, 'GET / HTTP/1.1\r\n'),
  ]
  const { exchanges, report } = await imported([good, ...bad, good, `1 a ${nanoseconds}\nGET / HT`].join(''))
  expect(exchanges).toHaveLength(2)
  expect(report.malformed).toBe(8)
  const offsets = bad.map((_, index) => Buffer.byteLength([good, ...bad.slice(0, index)].join('')))
  expect(report.malformedRecords.slice(0, 7).map(({ offset }) => offset)).toEqual(offsets)
  expect(report.malformedRecords.at(-1)?.why).toBe('the file ends within this record')
})

test('the order of requests is kept, also past an answer that never comes', async () => {
  const count = 2500
  const records = Array.from({ length: count }, (_, index) =>
    [
      record(`1 ${index} ${nanoseconds}`, request(`GET /${index}`)),
      index === 0 ? '' : record(`2 ${index} ${nanoseconds}`, 'HTTP/1.1 200 OK\r\n\r\n'),
    ].join(''),
  )
  const { exchanges, report } = await imported(records.join(''))
  expect(exchanges.map(({ request }) => request.target)).toEqual(Array.from({ length: count }, (_, at) => `/${at}`))
  expect(report.withoutAnswer).toBe(1)
})

test('callers are told apart by credentials, else by the cookie of a session, and the file need not be read twice', async () => {
  const asked = (headers: string) => record(`1 a ${nanoseconds}`, request('GET /', headers))
  const file = [
    asked('Authorization: Bearer x\r\n'),
    asked('Cookie: theme=dark; PHPSESSID=ida\r\n'),
    asked('Cookie: PHPSESSID=ida; theme=light\r\n'),
    asked('Cookie: PHPSESSID=bob\r\n'),
    asked('Cookie: theme=dark\r\n'),
  ].join('')
  const [token, ida, again, bob, none] = (await imported(file)).exchanges.map(({ caller }) => caller)
  expect(new Set([token, ida, bob]).size).toBe(3)
  expect(again).toBe(ida)
  expect(none).toBeUndefined()
  const byTheme = (await imported(file, { callerCookie: 'theme' })).exchanges.map(({ caller }) => caller)
  expect(byTheme[1]).toBe(byTheme[4])
  expect(JSON.stringify(byTheme)).not.toContain('dark')
})
