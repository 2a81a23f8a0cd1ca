import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildRedactor } from '../redact/redact.ts'
import { imported } from './formats.fixture.ts'
import { splitEntries } from './har-entries.ts'

const at = '2026-03-01T10:00:00.000Z'

function entry(url: string, more: Record<string, unknown> = {}) {
  return {
    startedDateTime: '2026-03-01T11:00:00.000+01:00',
    time: 12.5,
    request: { method: 'GET', url, headers: [{ name: 'Accept', value: '*/*' }] },
    response: { status: 200, headers: [], content: { size: 2, mimeType: 'text/plain', text: 'ok' } },
    ...more,
  }
}

function har(...entries: readonly unknown[]): string {
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, pages: [], entries } })
}

test('an entry becomes an exchange, without timings, cookies and all that is optional', async () => {
  const { exchanges, report } = await imported(har(entry('http://shop.test/a?b=1#top')))
  expect(exchanges).toEqual([
    {
      ...{ id: 'imported-1', at, route: 'imported', capability: undefined, servedBy: 'imported' },
      caller: 'browser at http://shop.test',
      request: { method: 'GET', target: '/a?b=1', headers: [['Accept', '*/*']], body: undefined },
      response: {
        ...{ status: 200, headers: [] },
        body: { encoding: 'utf8', data: 'ok', bytes: 2, truncated: false },
      },
      tookMs: 12.5,
    },
  ])
  expect(report).toMatchObject({ format: 'har', exchanges: 1, malformed: 0, skipped: {} })
})

test('a BOM, packed data and entries without a time are read', async () => {
  const untimed = entry('http://shop.test/b', { startedDateTime: undefined, time: undefined })
  const text = `\ufeff${har(entry('http://shop.test'), untimed)}`
  const { exchanges } = await imported(gzipSync(text))
  expect(exchanges.map(({ at, request, tookMs }) => [at, request.target, tookMs])).toEqual([
    [at, '/', 12.5],
    [at, '/b', 0],
  ])
})

test('headers of HTTP/2 and joined ones become those of HTTP/1.1, and the decoded body is not decoded again', async () => {
  const request = {
    ...{ method: 'POST', url: 'https://shop.test/login' },
    headers: [
      { name: ':method', value: 'POST' },
      { name: ':authority', value: 'shop.test' },
    ],
    postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'city', value: 'Graz & Linz' }] },
  }
  const response = {
    status: 302,
    headers: [
      { name: 'set-cookie', value: 'a=1; Path=/\nb=2' },
      { name: 'content-encoding', value: 'gzip' },
    ],
    content: { size: 3, mimeType: 'image/png', text: Buffer.from([0xff, 0, 1]).toString('base64'), encoding: 'base64' },
  }
  const { exchanges } = await imported(har(entry('', { request, response })))
  expect(exchanges[0]?.request.headers).toEqual([['Host', 'shop.test']])
  expect(exchanges[0]?.request.body?.data).toBe('city=Graz+%26+Linz')
  expect(exchanges[0]?.response.headers).toEqual([
    ['set-cookie', 'a=1; Path=/'],
    ['set-cookie', 'b=2'],
  ])
  expect(exchanges[0]?.response.body).toMatchObject({ encoding: 'base64', data: '/wAB', truncated: false })
})

test('only the server of the first entry is imported, or those that are named; the rest is counted', async () => {
  const failed = entry('http://shop.test/gone', { response: { status: 0, headers: [] } })
  const text = har(
    entry('data:text/plain,x'),
    entry('http://shop.test/a'),
    entry('https://cdn.test/x.js'),
    entry('ws://shop.test/live'),
    failed,
  )
  const first = await imported(text)
  expect(first.exchanges.map(({ request }) => request.target)).toEqual(['/a'])
  expect(first.report.skipped).toEqual({ 'not-http': 2, 'other-origin': 1, 'no-answer': 1 })
  expect(first.report.otherOrigins).toEqual({ 'https://cdn.test': 1 })
  const named = await imported(text, { origins: ['https://cdn.test'] })
  expect(named.exchanges.map(({ request }) => request.target)).toEqual(['/x.js'])
})

test('an entry that is none is counted and named by its offset, and the rest is read', async () => {
  const good = JSON.stringify(entry('http://shop.test/a'))
  const text = `{"log":{"comment":"\\"entries\\":[1]","entries":[${good}, 7,{"request":{"method":"GET"}},${good}]}}`
  const { exchanges, report } = await imported(text)
  expect(exchanges).toHaveLength(2)
  const seven = text.indexOf(' 7,') + 1
  expect(report.malformedRecords).toEqual([
    { offset: seven, why: expect.stringContaining('expected object') },
    { offset: seven + 2, why: expect.stringContaining('request.url') },
  ])
})

test('a HAR that was cut gives the entries that are whole', async () => {
  const whole = har(entry('http://shop.test/a'), entry('http://shop.test/b'))
  const { exchanges, report } = await imported(whole.slice(0, whole.lastIndexOf('"ok"')))
  expect(exchanges).toHaveLength(1)
  expect(report.malformedRecords).toEqual([{ offset: expect.any(Number), why: 'the file ends within this entry' }])
  const packed = gzipSync(Buffer.concat([Buffer.from(whole), randomBytes(100_000)]))
  const cut = await imported(packed.subarray(0, -50_000))
  expect(cut.exchanges).toHaveLength(2)
  expect(cut.report.cut).toMatch(/breaks off/)
})

test('entries are found at any border between chunks, whatever stands in their texts', async () => {
  const tricky = '{"a":"]}\\\\","b":["{\\"",{"entries":[]}]}'
  const text = Buffer.from(`{"entries":[1],"log":{"entries":[${tricky},"x,y]",null, [1,2] ],"more":[3]}}`)
  const found = async (size: number) => {
    const chunks = async function* () {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size)
    }
    const entries: string[] = []
    for await (const { bytes, offset } of splitEntries(chunks(), 1000)) {
      expect(text.toString('utf8', offset, offset + (bytes?.length ?? 0))).toBe(bytes?.toString())
      entries.push(String(bytes).trim())
    }
    return entries
  }
  for (let size = 1; size <= text.length; size += 1)
    expect(await found(size)).toEqual([tricky, '"x,y]"', 'null', '[1,2]'])
})

test('an entry beyond the bound is named and not held', async () => {
  const text = Buffer.from(`{"log":{"entries":["${'x'.repeat(5000)}",1]}}`)
  const chunks = async function* () {
    for (let at = 0; at < text.length; at += 100) yield text.subarray(at, at + 100)
  }
  const lengths: (number | undefined)[] = []
  for await (const { bytes } of splitEntries(chunks(), 1000)) lengths.push(bytes?.length)
  expect(lengths).toEqual([undefined, 1])
})

test('secrets of a browser are redacted before an exchange exists (law 8)', async () => {
  const request = {
    ...{ method: 'POST', url: 'http://shop.test/login' },
    headers: [{ name: 'Cookie', value: 'sid=s3cret-of-ida' }],
    postData: { mimeType: 'application/json', text: '{"password":"hunter-22"}' },
  }
  const { exchanges } = await imported(har(entry('', { request })), { redact: buildRedactor({ key: randomBytes(32) }) })
  const stored = JSON.stringify(exchanges)
  expect(stored).toContain('~tok_')
  expect(stored).not.toMatch(/s3cret-of-ida|hunter-22/)
})

test('what is no HAR, no GoReplay file and no log is refused with what would be read', async () => {
  const refused = { code: 'import-unreadable', exitCode: 4 }
  await expect(imported('')).rejects.toMatchObject(refused)
  await expect(imported('{"a":1}')).rejects.toMatchObject(refused)
  await expect(imported('{"log":{}}')).rejects.toMatchObject({
    ...refused,
    message: expect.stringMatching(/log\.entries/),
  })
  await expect(imported(randomBytes(500))).rejects.toMatchObject(refused)
})
