import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { logOptions } from './logging.ts'
import { requestId } from './request-id.ts'

test('secrets never reach a log line', () => {
  const text = logged({
    headers: { authorization: 'Bearer abc', cookie: 'SHOPSESSID=abc', 'x-api-key': 'abc', host: 'shop' },
    password: 'abc',
    body: { password: 'abc', token: 'abc', email: 'ada@example.org' },
  })
  expect(text).not.toContain('abc')
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    service: 'users',
    headers: { host: 'shop', 'x-api-key': '[redacted]' },
  })
})

test('a line carries its instant in ISO 8601', () => {
  expect(JSON.parse(logged({})).time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('a request id is taken over when it may stand in a log, else made anew', () => {
  expect(requestId({ headers: { 'x-request-id': 'edge-42' } })).toBe('edge-42')
  for (const bad of ['', 'two words', 'a\nb', 'x'.repeat(129)]) {
    expect(requestId({ headers: { 'x-request-id': bad } })).toMatch(/^[0-9a-f-]{36}$/)
  }
})

function logged(details: object): string {
  let text = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  pino(logOptions('users'), sink).info(details, 'happened')
  return text
}
