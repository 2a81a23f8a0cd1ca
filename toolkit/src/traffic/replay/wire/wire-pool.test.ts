import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { Answer } from '../../../compare/index.ts'
import type { ReplayRequest } from '../replay-request.ts'
import { parseHead } from './answer-head.ts'
import { AnswerParser } from './answer-parser.ts'
import { buildWirePool, type WirePool } from './wire-pool.ts'

const get: ReplayRequest = { method: 'GET', target: '/a', headers: { host: 'shop.example' }, body: undefined }
const open: { close(): unknown }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** A server that says `answer` to each request, and the pool that asks it. */
async function arm(
  answer: (socket: Socket, request: string, asked: number) => void,
  bounds: { readonly connections?: number; readonly timeoutMs?: number; readonly maxBodyBytes?: number } = {},
): Promise<{ readonly pool: WirePool; readonly connections: () => number }> {
  let connections = 0
  let asked = 0
  const server: Server = createServer((socket) => {
    connections += 1
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      asked += 1
      answer(socket, bytes.toString('latin1'), asked)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const pool = buildWirePool(new URL(`http://127.0.0.1:${port}`), {
    ...{ connections: 1, timeoutMs: 5000, maxBodyBytes: 1000, ...bounds },
  })
  open.push(server, pool)
  return { pool, connections: () => connections }
}

/** Rejects with why there is no answer. */
function ask(pool: WirePool, request: ReplayRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    pool.ask(request, (outcome) => (outcome.ok ? resolve(outcome.answer) : reject(new Error(outcome.why))))
  })
}

function shown({ status, body, truncated }: Answer): string {
  return `${status} ${body.toString('utf8')}${truncated ? '…' : ''}`
}

test.each<readonly [what: string, wire: string, shown: string, method: string]>([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', '200 hi', 'GET'],
  ['equal lengths', 'HTTP/1.1 200\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nhi', '200 hi', 'GET'],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', '204 ', 'GET'],
  ['nothing new', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 20\r\n\r\n', '304 ', 'GET'],
  ['a length of what HEAD does not send', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n', '200 ', 'HEAD'],
  [
    'chunks, with an extension and a trailer',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nhi\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n',
    '200 hi0123456789',
    'GET',
  ],
  [
    'a hint before it',
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    '200 ',
    'GET',
  ],
])('an answer with %s is read, and the connection is used again', async (_, wire, expected, method) => {
  const { pool, connections } = await arm((socket) => socket.write(wire))
  for (let time = 0; time < 3; time += 1) expect(shown(await ask(pool, { ...get, method }))).toBe(expected)
  expect(connections()).toBe(1)
})

test.each<readonly [what: string, wire: string, shown: string]>([
  ['ends with its connection', 'HTTP/1.1 200 OK\r\n\r\nhi', '200 hi'],
  ['says that it closes', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi', '200 hi'],
  ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi', '200 hi'],
  [
    'is longer than what is kept',
    `HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${'x'.repeat(2000)}`,
    `200 ${'x'.repeat(1000)}…`,
  ],
  [
    'is followed by what nobody asked for',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 500 No\r\n\r\n',
    '200 hi',
  ],
])('an answer that %s is read, and another connection is used after it', async (_, wire, expected) => {
  const { pool, connections } = await arm((socket) => socket.end(wire))
  for (let time = 0; time < 2; time += 1) expect(shown(await ask(pool, get))).toBe(expected)
  expect(connections()).toBe(2)
})

test.each<readonly [what: string, wire: string, why: RegExp]>([
  ['is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', /no HTTP answer/],
  ['has a broken header', 'HTTP/1.1 200 OK\r\nbad header: 1\r\n\r\n', /broken header/],
  ['folds a header', 'HTTP/1.1 200 OK\r\na: 1\r\n b\r\n\r\n', /broken header/],
  ['says its length twice', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi!', /content-length/],
  ['has a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nhi', /content-length/],
  [
    'has a length and chunks',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n',
    /both/,
  ],
  ['has a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhi\r\n', /chunk size/],
  ['has a chunk longer than it says', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nhi\r\n', /chunk/],
  ['ends too early', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhi', /closed/],
  ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', /protocol/],
  ['has headers without end', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`, /too large/],
])('an answer that %s is a fault, and the next request is asked anew', async (_, wire, why) => {
  const { pool } = await arm((socket, _request, asked) =>
    asked === 1 ? socket.end(wire) : socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'),
  )
  await expect(ask(pool, get)).rejects.toThrow(why)
  expect(shown(await ask(pool, get))).toBe('200 hi')
})

test('an arm that is silent is given up in time, and what waits for its connection goes on', async () => {
  const { pool } = await arm(
    (socket, request) => {
      if (request.includes('/a')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh')
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')
    },
    { timeoutMs: 300 },
  )
  const [late, next] = await Promise.allSettled([ask(pool, get), ask(pool, { ...get, target: '/b' })])
  expect(late).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/timeout/) } })
  // It had to wait for the only connection, so it may be late too; the one after it is not.
  expect(['fulfilled', 'rejected']).toContain(next.status)
  expect(shown(await ask(pool, { ...get, target: '/b' }))).toBe('200 hi')
})

test('a read is asked again on a new connection when the old one was closed unasked; a write is not', async () => {
  const hi = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'
  const { pool } = await arm((socket, _request, asked) => {
    if (asked % 2 === 1) socket.write(hi)
    else socket.destroy()
  })
  expect(shown(await ask(pool, get))).toBe('200 hi')
  expect(shown(await ask(pool, get))).toBe('200 hi')
  await expect(ask(pool, { ...get, method: 'POST', body: '{}' })).rejects.toThrow()
})

test('what is sent is what was given, with its length; what would be another request is not sent', async () => {
  const { pool } = await arm((socket, request) => {
    const text = JSON.stringify(request)
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  })
  const { body } = await ask(pool, { method: 'POST', target: '/a?b=%20', headers: { 'x-a': ['1', '2'] }, body: 'é' })
  expect(JSON.parse(body.toString('utf8'))).toMatch(
    /^POST \/a\?b=%20 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nÃ©$/,
  )
  const broken: readonly Partial<ReplayRequest>[] = [
    { target: '/a b' },
    { headers: { 'x-a': '1\r\nx-b: 2' } },
    { headers: { 'x a': '1' } },
    { method: 'GE T' },
    { method: 'CONNECT' },
  ]
  for (const change of broken) await expect(ask(pool, { ...get, ...change })).rejects.toThrow(/cannot/)
})

test('a pool that is closed rejects what waits and what comes', async () => {
  const { pool } = await arm(() => {})
  const waiting = Promise.allSettled([ask(pool, get), ask(pool, get)])
  pool.close()
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(ask(pool, get)).rejects.toThrow(/ended/)
})

test('however an answer is cut into pieces, it is the same', () => {
  const wire = Buffer.from(
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n',
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (sizes) => {
      const parser = new AnswerParser(1000)
      parser.begin('GET')
      let at = 0
      for (const size of [...sizes, wire.length]) {
        if (at >= wire.length) break
        const isWhole = parser.take(Buffer.from(wire.subarray(at, at + size)))
        at += size
        expect(isWhole).toBe(at >= wire.length)
      }
      expect(shown(parser.answer())).toBe('200 hello, world')
      expect(parser.mayGoOn()).toBe(true)
    }),
  )
})

test('whatever bytes come, they are an answer or a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const parser = new AnswerParser(100)
      parser.begin('GET')
      try {
        expect(parser.take(Buffer.from(bytes))).toBe(false)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error)
      }
    }),
  )
})

test('a header is read as the grammar has it, whether its name was met before or not', () => {
  const grammar = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):([^\r\n\0]*)$/
  const piece = fc.constantFrom('a', 'X-Id', 'Content-Type', ':', ' ', '\t', '\r', '\n', '\0', 'é', '"', '7', '/')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const line = pieces.join('')
      const [, name, value] = line.includes('\r\n') ? [] : (grammar.exec(line) ?? [])
      const read = () => parseHead(`HTTP/1.1 404 Not Found\r\n${line}`)
      if (line.includes('\r\n')) return
      if (name === undefined) expect(read).toThrow('broken header')
      else
        for (const { status, headers } of [read(), read()]) {
          expect(status).toBe(404)
          expect([...headers]).toEqual([[name.toLowerCase(), [value?.trim()]]])
        }
    }),
    { numRuns: 500 },
  )
})
