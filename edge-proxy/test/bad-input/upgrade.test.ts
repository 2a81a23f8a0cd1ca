import { describe, expect, onTestFinished, test } from 'vitest'
import { valuesOf } from '../strict-wire/message-head.ts'
import { readAnswers } from '../strict-wire/read-answers.ts'
import { hidden, host } from './bytes.ts'
import { useWorld } from './world.ts'

const world = useWorld()

const handshake = (lines: string, method = 'GET') =>
  `${method} /chat HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n${lines}\r\n`
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
const version = 'Sec-WebSocket-Version: 13\r\n'
const accepting = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'

describe('what is no handshake opens no tunnel: it is a plain request, or refused', () => {
  test.each([
    [
      'h2c',
      `GET /chat HTTP/1.1\r\n${host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
    ],
    ['another protocol', `GET /chat HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n`],
    ['version 99', handshake(`${key}Sec-WebSocket-Version: 99\r\n`)],
    ['no version', handshake(key)],
    ['no key', handshake(version)],
    ['a short key', handshake(`${version}Sec-WebSocket-Key: AAAA\r\n`)],
    ['a key of two lines', handshake(`${version}${key}${key}`)],
    ['POST', handshake(key + version, 'POST')],
    ['HEAD', handshake(key + version, 'HEAD')],
    ['HEAD with a body', `${handshake(`${key}${version}Content-Length: 5\r\n`, 'HEAD')}hello`],
    ['HEAD without Host', handshake(key + version, 'HEAD').replace(host, '')],
    ['HEAD with an offer and two Hosts', `HEAD / HTTP/1.1\r\n${host}${host}Connection: Upgrade\r\nUpgrade: x\r\n\r\n`],
    ['a length', handshake(`${key}${version}Content-Length: ${hidden.length}\r\n`) + hidden],
    ['chunks', `${handshake(`${key}${version}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n${hidden}`],
    ['two framings', handshake(`${key}${version}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`) + hidden],
    ['two Hosts', handshake(`${key}${version}${host}`)],
    // CVE-2026-44578: an upgrade that skips the checks of other requests.
    ['the authority of another host', handshake(key + version).replace('/chat', 'http://169.254.169.254/chat')],
    ['an ambiguous path', handshake(key + version).replace('/chat', '/api/..%2fchat')],
  ])('%s', async (_name, bytes) => {
    const { exchange, upstream } = world()
    const received = await exchange(bytes + hidden)
    expect(received).not.toMatch(/^HTTP\/1\.1 101/)
    const { answers, wrong } = readAnswers(received, [bytes.split(' ', 1)[0] ?? ''])
    expect([wrong, answers.length]).toEqual([undefined, 1])
    const { requests } = upstream.take()
    expect(requests.filter(({ target }) => target !== '/chat')).toEqual([])
    for (const { headers } of requests) expect(valuesOf(headers, 'upgrade')).toEqual([])
  })
})

describe('a tunnel is opened by the upstream that was asked, and by nothing else', () => {
  test.each([
    ['another key', `${accepting}Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\nPOISON`],
    ['no key', `${accepting}\r\nPOISON`],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nPOISON'],
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nminePOISON'],
    ['426', 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\nPOISON'],
    ['099', 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n'],
    ['garbage', '\x15\x03\x01\x00\x02\x02\x50'],
  ])('an upstream that answers with %s', async (_name, answer) => {
    const { exchange, upstream } = world()
    upstream.answerWith((_request, socket) => void socket.end(answer, 'latin1'))
    onTestFinished(() => upstream.answerWith())
    const received = await exchange(handshake(key + version) + hidden)
    expect(received).not.toMatch(/^HTTP\/1\.1 101/)
    expect(received).not.toContain('POISON')
    expect(readAnswers(received, ['GET']).wrong).toBeUndefined()
    expect(upstream.take().requests.filter(({ target }) => target !== '/chat')).toEqual([])
  })
})
