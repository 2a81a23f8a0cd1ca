import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

test.each([
  ['a query that is not percent-encoded', 'GET /?q=\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n', 'invalid char in url query'],
  ['a method that nobody knows', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 'invalid method encountered'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'it begins a TLS handshake, and this port speaks plain HTTP'],
  ['the PROXY protocol', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n', 'the PROXY protocol'],
  ['the binary PROXY protocol', '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c', 'the PROXY protocol'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'it speaks HTTP/2'],
])('%s: the answer and the log say under one id why it is no request', async (_what, bytes, why) => {
  const edge = await startEdge({ legacy: `http://127.0.0.1:${await freePort()}` })
  const answer = await exchangeBytes(edge.address, Buffer.from(bytes, 'latin1'))
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain(why)
  const id = /urn:request:([\w-]+)/.exec(answer)?.[1]
  expect(id).toBeDefined()
  const line = await eventually(() => edge.lines.find((each) => each.id === id))
  expect(line).toMatchObject({ refused: 'request-invalid', status: 400, peer: '127.0.0.1' })
  expect(line.detail).toContain(why)
})
