import { expect, test } from 'vitest'
import { imported } from './formats.fixture.ts'

const nginx =
  '203.0.113.7 - ida [10/Oct/2026:13:55:36 +0200] "GET /api/orders?page=2 HTTP/1.1" 200 2326 "http://shop.test/" "Mozilla/5.0 (\\"X\\")"'
const apache = '203.0.113.8 - - [10/Oct/2026:13:55:37 +0000] "GET / HTTP/1.0" 304 -'
const virtualHost = `shop.test:443 ${nginx} 0.004 "extra"`

test('combined, common and virtual-host lines become GETs with the status that was answered', async () => {
  const { exchanges, report } = await imported(`${nginx}\n${apache}\r\n${virtualHost}\n`)
  expect(report).toMatchObject({ format: 'access-log', exchanges: 3, malformed: 0 })
  const [first, second, third] = exchanges
  expect(first).toMatchObject({
    ...{ at: '2026-10-10T11:55:36.000Z', caller: 'ida' },
    request: {
      ...{ method: 'GET', target: '/api/orders?page=2', body: undefined },
      headers: [
        ['User-Agent', 'Mozilla/5.0 ("X")'],
        ['Referer', 'http://shop.test/'],
      ],
    },
    response: { status: 200, headers: [], body: { data: '', bytes: 2326, truncated: true } },
  })
  expect(second).toMatchObject({ caller: '203.0.113.8 ', response: { status: 304, body: undefined } })
  expect(third?.request.headers[0]).toEqual(['Host', 'shop.test:443'])
})

test('other methods are left out by name, and what is no line is named by its offset', async () => {
  const post = nginx.replace('GET', 'POST')
  const garbage = apache.replace('GET / HTTP/1.0', '\\x16\\x03\\x01')
  const file = `${apache}\n${post}\n${garbage}\nhello\n${apache.replace('Oct', 'Okt')}\n\n${apache}`
  const { exchanges, report } = await imported(file)
  expect(exchanges).toHaveLength(2)
  expect(report.skipped).toEqual({ 'not-a-get': 1 })
  expect(report.malformedRecords.map(({ offset }) => offset)).toEqual([
    file.indexOf(garbage),
    file.indexOf('hello'),
    file.indexOf(apache.replace('Oct', 'Okt')),
  ])
})
