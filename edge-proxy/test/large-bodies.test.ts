import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { FlowingBody } from '../src/upstream/http1/answer-body.ts'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startUpstream } from './upstream.ts'

/** A body that nobody else gets: its id over and over, so that each stretch of it tells whose it is. */
function bodyOf(id: number): Buffer {
  const bytes = 1 + ((id * 7_919) % 300_000)
  return Buffer.alloc(bytes, `${String(id).padStart(7, '0')} `)
}

/** Sends it whole, in pieces, or chunked, and at times with pauses. */
async function sendBody(id: number, response: ServerResponse): Promise<void> {
  const body = bodyOf(id)
  if (id % 3 > 0) response.setHeader('content-length', body.length)
  const piece = [body.length, 65_536, 30_000, 9_000][id % 4] ?? body.length
  for (let at = 0; at < body.length; at += piece) {
    response.write(body.subarray(at, at + piece))
    if (id % 5 === 0) await sleep(1)
  }
  response.end()
}

type Reading = 'at once' | 'slowly' | 'in part'

/** What came of a body; `in part` leaves in the middle. */
async function readFrom(url: string, how: Reading): Promise<Buffer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false }, resolve).on('error', reject)
  })
  const parts: Buffer[] = []
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part)
    if (how === 'in part') break
    if (how === 'slowly') await sleep(2)
  }
  return Buffer.concat(parts)
}

const ways: readonly Reading[] = ['at once', 'slowly', 'at once', 'in part']

test.each([
  { with: 'nobody looking', shadow: undefined },
  { with: 'the service asked beside', shadow: '100%' },
])(
  '1 000 large answers at once get nothing of each other, with $with',
  async ({ shadow }) => {
    const legacy = await startUpstream((request, response) => {
      void sendBody(Number(request.url?.split('/').at(-1)), response)
    })
    const shadowed = shadow === undefined ? {} : { service: legacy.url, shadow }
    const edge = await startEdge({ legacy: legacy.url, ...shadowed })
    const wrong: string[] = []
    let next = 0
    const client = async () => {
      for (let id = next++; id < 1_000; id = next++) {
        const how = ways[id % ways.length] ?? 'at once'
        const body = await readFrom(`${edge.address}/api/customers/${id}`, how)
        const wanted = how === 'in part' ? bodyOf(id).subarray(0, body.length) : bodyOf(id)
        if (!body.equals(wanted)) wrong.push(`${id} ${how}: ${body.length} of ${wanted.length} bytes`)
      }
    }
    await Promise.all(Array.from({ length: 24 }, client))
    expect(wrong).toEqual([])
    if (shadow === undefined) return
    // What is kept for comparing stays what it was, though the bytes of other answers are written over.
    const tally = await eventually(async () => (await edge.tally()).routes.find(({ compared }) => compared > 100))
    expect(tally.mismatched).toBe(0)
  },
  60_000,
)

test('a client that takes what comes does not have its upstream held back', async () => {
  const pauses = vi.spyOn(FlowingBody.prototype, 'pause')
  const parts = vi.spyOn(FlowingBody.prototype, 'part')
  const legacy = await startUpstream((_request, response) => {
    response.setHeader('content-length', 4_000_000)
    response.end(Buffer.alloc(4_000_000, 'x'))
  })
  const edge = await startEdge({ legacy: legacy.url })
  for (let asked = 0; asked < 5; asked++) await edge.get('/api/customers/1')
  expect(parts.mock.calls.length).toBeGreaterThan(50)
  expect(pauses.mock.calls.length).toBeLessThan(parts.mock.calls.length / 2)
})
