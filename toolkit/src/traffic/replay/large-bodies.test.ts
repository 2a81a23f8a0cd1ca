import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange, StoredBody } from '../exchange.ts'
import { replayRecording } from './replay.ts'

const large = Buffer.alloc(5 * 1024 * 1024, 'name=SMITH, JOHN; ')
const lastByteOther = Buffer.concat([large.subarray(0, -1), Buffer.from('!')])
const cut: StoredBody = { encoding: 'utf8', data: '', bytes: large.length, truncated: true, notStored: 'too-large' }

test.each([
  ['by its length', {}],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
  ['until the connection ends', { connection: 'close', 'transfer-encoding': '' }],
])('a body of 5 MiB, framed %s, is compared to its last byte', async (_framing, headers) => {
  const legacy = await startArm(large, headers)
  expect(await tallyOf({ legacy, service: await startArm(large) })).toMatchObject({ matched: 1 })
  expect(await tallyOf({ legacy, service: await startArm(lastByteOther) })).toMatchObject({ mismatched: 1 })
})

test('a body that unpacks to 5 MiB is compared to its last byte, however it is packed', async () => {
  const gzip = { 'content-encoding': 'gzip' }
  const legacy = await startArm(gzipSync(large), gzip)
  const service = await startArm(gzipSync(large, { level: 1 }), gzip)
  expect(await tallyOf({ legacy, service })).toMatchObject({ matched: 1 })
  const other = await startArm(gzipSync(lastByteOther), gzip)
  expect(await tallyOf({ legacy, service: other })).toMatchObject({ mismatched: 1 })
})

test('a body of which a recording keeps only the digest is compared with a live one', async () => {
  const digest = `sha256:${createHash('sha256').update(large).digest('hex')}`
  const recorded = { ...cut, digest }
  expect(await tallyOf({ service: await startArm(large) }, recorded)).toMatchObject({ matched: 1 })
  expect(await tallyOf({ service: await startArm(lastByteOther) }, recorded)).toMatchObject({ mismatched: 1 })
  // Held whole, and its secret redacted: what came is what the recorder digested.
  const held = { maxBodyBytes: large.length * 2 }
  expect(await tallyOf({ service: await startArm(large) }, recorded, held)).toMatchObject({ matched: 1 })
  expect(await tallyOf({ service: await startArm(large) }, cut)).toMatchObject({ notComparable: { truncated: 1 } })
})

async function tallyOf(
  arms: { readonly legacy?: string; readonly service: string },
  body: StoredBody = cut,
  options: { readonly maxBodyBytes?: number } = {},
) {
  const report = await replayRecording({ exchanges: recorded(body), arms, ...options })
  return report.routes[0]?.tally
}

async function* recorded(body: StoredBody): AsyncGenerator<Exchange> {
  const about = { at: '2026-01-01T00:00:00Z', caller: 'c', tookMs: 1, capability: undefined, servedBy: 'shop' }
  const headers = [['content-type', 'text/plain']] as const
  yield {
    ...{ ...about, id: '1', route: 'export' },
    request: { method: 'GET', target: '/export', headers: [], body: undefined },
    response: { status: 200, headers, body },
  }
}

async function startArm(body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer((_request, response) => {
    const { 'transfer-encoding': coding, ...others } = headers
    const framing = coding === undefined ? { 'content-length': body.length } : {}
    if (coding === '') response.useChunkedEncodingByDefault = false
    response.writeHead(200, { 'content-type': 'text/plain', ...framing, ...others }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
