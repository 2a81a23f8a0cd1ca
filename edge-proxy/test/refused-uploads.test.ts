import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { startBytes } from './upstream.ts'

const tooLarge = 'too large, says the application'
const answer = `HTTP/1.1 413 Content Too Large\r\nContent-Length: ${tooLarge.length}\r\nConnection: close\r\n\r\n${tooLarge}`

test('an upstream that answers within an upload and resets its connection: the client sees the answer', async () => {
  const legacy = await startBytes((socket) =>
    socket.once('data', () => socket.pause().write(answer, () => socket.resetAndDestroy())),
  )
  const edge = await startEdge({ legacy: legacy.url })
  const body = Buffer.alloc(4 * 1024 * 1024, 'x')
  for (let i = 0; i < 30; i++) {
    expect(await edge.send('POST', '/', { body })).toMatchObject({ status: 413, body: tooLarge })
  }
})

test('what was still unread of a long answer comes too; without an answer it is a fault', async () => {
  const page = 'x'.repeat(40_000)
  const legacy = await startBytes((socket) =>
    socket.once('data', (bytes) => {
      const long = `HTTP/1.1 403 Forbidden\r\nContent-Length: ${page.length}\r\n\r\n${page}`
      const said = bytes.includes('/silent') ? '' : long
      socket.pause().write(said, () => socket.resetAndDestroy())
    }),
  )
  const edge = await startEdge({ legacy: legacy.url })
  const body = Buffer.alloc(4 * 1024 * 1024, 'x')
  for (let i = 0; i < 10; i++) expect(await edge.send('PUT', '/', { body })).toMatchObject({ status: 403, body: page })
  expect(await edge.send('PUT', '/silent', { body })).toMatchObject({ status: 502, body: /upstream-closed/ })
})
