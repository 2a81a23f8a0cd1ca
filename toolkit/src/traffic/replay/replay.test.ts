import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from './replay.ts'
import type { Replayed } from './replayed.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('both arms are asked again, and a planted time-zone bug is named with its offset', async () => {
  const legacy = await startArm(json(({ url }) => ({ id: url, createdAt: '2019-03-04T09:00Z' })))
  const service = await startArm(json(({ url }) => ({ createdAt: '2019-03-04T14:00Z', id: url })))
  const result = await replayRecording({ exchanges: recorded(20), arms: { legacy, service } })
  expect(result).toMatchObject({ sides: ['legacy', 'service'], exchanges: { read: 20, sent: 20 }, interrupted: false })
  expect(result.routes).toHaveLength(1)
  const [route] = result.routes
  expect(route?.tally).toMatchObject({ route: 'users.read', compared: 20, mismatched: 20, answered2xx: 20 })
  expect(route?.tally.groups).toMatchObject([{ path: '$.createdAt', count: 20 }])
  expect(route?.latency.legacy?.count).toBe(20)
  expect(route?.latency.service?.p99Ms).toBeGreaterThan(0)
})

test('equal answers in different encodings match', async () => {
  const body = JSON.stringify({ name: 'SMITH, JOHN', list: [1, 2, 3] })
  const legacy = await startArm((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(body))
  })
  const service = await startArm((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  const result = await replayRecording({ exchanges: recorded(3), arms: { legacy, service } })
  expect(result.routes[0]?.tally).toMatchObject({ compared: 3, matched: 3 })
})

test('what both arms refuse though the recording saw it succeed is not comparable', async () => {
  const refusing = json(() => ({ error: 'invalid api key' }), 401)
  const arms = { legacy: await startArm(refusing), service: await startArm(refusing) }
  const result = await replayRecording({ exchanges: recorded(5), arms })
  expect(result.routes[0]?.tally).toMatchObject({ compared: 0, matched: 0, notComparable: { 'both-refused': 5 } })
})

test('an arm that is down or hangs is counted and never ends the replay', async () => {
  const alive = await startArm(json(() => ({})))
  const hanging = await startArm(() => undefined)
  const down = await startArm(json(() => ({})))
  await closers.pop()?.()
  const slow = await replayRecording({
    exchanges: recorded(4),
    arms: { legacy: alive, service: hanging },
    timeoutMs: 700,
  })
  expect(slow.routes[0]?.tally.notComparable['service-failed']).toBe(4)
  expect(slow.lastFailure.service).toMatch(/timeout/i)
  const dead = await replayRecording({ exchanges: recorded(4), arms: { legacy: down, service: alive } })
  expect(dead.routes[0]?.tally.notComparable['legacy-failed']).toBe(4)
  expect(dead.lastFailure.legacy).toMatch(/ECONNREFUSED/)
})

test('one arm is compared with the recorded answer, and redacted values are no mismatches', async () => {
  const live = { id: '7', token: 'live-secret-value', createdAt: '2019-03-04T09:00Z' }
  const arm = await startArm((_request, response) => {
    response.setHeader('set-cookie', 'SHOPSESSID=live-session; Path=/; HttpOnly')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(live))
  })
  const stored = JSON.stringify({ ...live, token: '~tok_0123456789ab' })
  const response = {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Set-Cookie', 'SHOPSESSID=~tok_ba9876543210; Path=/; HttpOnly'],
    ] as const,
    body: { encoding: 'utf8', data: stored, bytes: stored.length, truncated: false } as const,
  }
  const same = await replayRecording({ exchanges: recorded(2, { response }), arms: { service: arm } })
  expect(same.sides).toEqual(['recorded', 'service'])
  expect(same.routes[0]?.tally).toMatchObject({ compared: 2, matched: 2 })
  const older = { ...response, body: { ...response.body, data: stored.replace('09:00', '10:00') } }
  const other = await replayRecording({ exchanges: recorded(1, { response: older }), arms: { legacy: arm } })
  expect(other.routes[0]?.tally).toMatchObject({ mismatched: 1, groups: [{ path: '$.createdAt' }] })
})

test('a single arm that refuses the caller is not comparable, for the credentials are missing', async () => {
  const arm = await startArm(json(() => ({}), 401))
  const result = await replayRecording({ exchanges: recorded(2), arms: { service: arm } })
  expect(result.routes[0]?.tally).toMatchObject({ compared: 0, notComparable: { refused: 2 } })
})

test('requests of one caller are sent one after the other, in order, while callers go in parallel', async () => {
  const running: string[] = []
  const overlaps: string[] = []
  const seen: string[] = []
  let most = 0
  const arm = await startArm((request, response) => {
    const caller = String(request.headers['x-caller'])
    seen.push(request.url ?? '')
    if (running.includes(caller)) overlaps.push(caller)
    running.push(caller)
    most = Math.max(most, running.length)
    setTimeout(() => {
      running.splice(running.indexOf(caller), 1)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }, 3)
  })
  const exchanges = recorded(60, (index) => {
    const caller = `caller-${index % 3 === 0 ? 0 : index % 7}`
    return { caller, target: `/${caller}/${index}`, headers: [['x-caller', caller]] }
  })
  await replayRecording({ exchanges, arms: { service: arm }, concurrency: 4 })
  expect(seen).toHaveLength(60)
  expect(overlaps).toEqual([])
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)
  for (const caller of new Set(seen.map((url) => url.split('/')[1]))) {
    const numbers = seen.filter((url) => url.split('/')[1] === caller).map((url) => Number(url.split('/')[2]))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  }
})

test('tokens are never sent: their headers are dropped, overridden ones are sent, and redacted targets are skipped', async () => {
  const seen: IncomingMessage[] = []
  const arm = await startArm((request, response) => {
    seen.push(request)
    response.writeHead(200).end()
  })
  const headers = [
    ['Host', 'shop.example'],
    ['X-Api-Key', '~tok_0123456789ab'],
    ['Cookie', 'SHOPSESSID=~tok_0123456789ab'],
    ['Authorization', 'Bearer ~tok_0123456789ab'],
    ['Accept', 'application/json'],
    ['Connection', 'keep-alive, X-Hop'],
    ['X-Hop', '1'],
  ] as const
  const exchanges = recorded(3, (index) => ({
    headers,
    target: index === 2 ? '/x?token=~tok_0123456789ab' : `/x?n=${index}`,
  }))
  const result = await replayRecording({ exchanges, arms: { service: arm }, headers: [['x-api-key', 'real-key']] })
  expect(result.exchanges.skipped).toEqual({ redacted: 1 })
  expect(seen).toHaveLength(2)
  expect(seen[0]?.headers).toMatchObject({ host: 'shop.example', 'x-api-key': 'real-key', accept: 'application/json' })
  expect(JSON.stringify(seen.map((request) => [request.url, request.rawHeaders]))).not.toContain('~tok_')
  expect(seen[0]?.headers).not.toHaveProperty('x-hop')
})

test('unsafe methods are counted as skipped unless writes are to be sent', async () => {
  const bodies: string[] = []
  const arm = await startArm(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(`${request.method} ${body}`)
    response.writeHead(200).end()
  })
  const body = { encoding: 'utf8', data: '{"a":1}', bytes: 7, truncated: false } as const
  const post = () => recorded(2, () => ({ method: 'POST', body }))
  const skipped = await replayRecording({ exchanges: post(), arms: { service: arm } })
  expect(skipped).toMatchObject({
    exchanges: { sent: 0, skipped: { 'unsafe-method': 2 } },
    routes: [],
    outcome: 'unknown',
  })
  const sent = await replayRecording({ exchanges: post(), arms: { service: arm }, writes: 'send' })
  expect(sent.exchanges.sent).toBe(2)
  expect(bodies).toEqual(['POST {"a":1}', 'POST {"a":1}'])
})

test('redirects are answers and are not followed', async () => {
  let asked = 0
  const arm = await startArm((_request, response) => {
    asked += 1
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  const replayed: Replayed[] = []
  const onReplayed = (one: Replayed) => replayed.push(one)
  const exchanges = recorded(1, { response: { status: 302, headers: [], body: undefined } })
  await replayRecording({ exchanges, arms: { legacy: arm, service: arm }, onReplayed })
  expect(asked).toBe(2)
  expect(replayed[0]?.verdict).toEqual({ kind: 'match' })
})

test('arms that agree on the log-in page, or on an error, leave the gate unknown', async () => {
  for (const [status, location] of [
    [302, '/login'],
    [500, '/'],
  ] as const) {
    const arm = await startArm((_request, response) => response.writeHead(status, { location }).end())
    const report = await replayRecording({ exchanges: recorded(5), arms: { legacy: arm, service: arm } })
    expect(report.outcome).toBe('unknown')
    expect(report.routes[0]?.tally).toMatchObject({ compared: 0, notComparable: { 'both-failed': 5 } })
  }
})

test('a packed answer larger than the bound is not comparable: what it unpacks to is not known', async () => {
  const plainText = randomBytes(100_000).toString('hex')
  const large = gzipSync(plainText, { level: 0 })
  const arm = await startArm((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(large)
  })
  const plain = await startArm((_request, response) => {
    response.writeHead(200).end(plainText)
  })
  const result = await replayRecording({
    exchanges: recorded(1),
    arms: { legacy: arm, service: plain },
    maxBodyBytes: 100_000,
  })
  expect(result.routes[0]?.tally.notComparable.truncated).toBe(1)
})

test('differences of live answers are redacted before anyone sees them', async () => {
  const legacy = await startArm(json(() => ({ token: 'CANARY-a' })))
  const service = await startArm(json(() => ({ token: 'CANARY-b' })))
  const result = await replayRecording({ exchanges: recorded(1), arms: { legacy, service } })
  expect(result.routes[0]?.tally.mismatched).toBe(1)
  expect(JSON.stringify(result)).not.toContain('CANARY')
})

test('a replay that is interrupted says so and counts only what was compared', async () => {
  const controller = new AbortController()
  const arm = await startArm(json(() => ({})))
  const onProgress = ({ sent }: { readonly sent: number }) => {
    if (sent === 5) controller.abort()
  }
  const { signal } = controller
  const result = await replayRecording({
    exchanges: recorded(500),
    arms: { service: arm },
    concurrency: 2,
    signal,
    onProgress,
  })
  expect(result.interrupted).toBe(true)
  expect(result.exchanges.sent).toBeLessThan(20)
  expect(result.routes[0]?.tally.notComparable['service-failed']).toBe(0)
})

test('the recorded pace is kept, times a factor', async () => {
  const arm = await startArm(json(() => ({})))
  const at = (index: number) => ({ at: new Date(1_700_000_000_000 + index * 1000).toISOString() })
  const result = await replayRecording({ exchanges: recorded(4, at), arms: { service: arm }, pace: 20 })
  expect(result.tookMs).toBeGreaterThanOrEqual(145)
})

test('no arm and a URL that is none are refused with what to write', async () => {
  await expect(replayRecording({ exchanges: recorded(1), arms: {} })).rejects.toMatchObject({
    code: 'replay-without-arm',
  })
  const arms = { legacy: 'localhost:4000' }
  await expect(replayRecording({ exchanges: recorded(1), arms })).rejects.toMatchObject({ code: 'url-invalid' })
})

function json(answerTo: (request: IncomingMessage) => unknown, status = 200): Handler {
  return (request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(request)))
  }
}

async function startArm(handler: Handler): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

interface Given {
  readonly at?: string
  readonly caller?: string
  readonly method?: string
  readonly target?: string
  readonly headers?: Exchange['request']['headers']
  readonly body?: Exchange['request']['body']
  readonly response?: Exchange['response']
}

async function* recorded(count: number, given: Given | ((index: number) => Given) = {}): AsyncGenerator<Exchange> {
  for (let index = 0; index < count; index++) {
    const { at, caller, method, target, headers, body, response } = typeof given === 'function' ? given(index) : given
    yield {
      id: `x${index}`,
      at: at ?? '2026-01-02T03:04:05.000Z',
      route: 'users.read',
      capability: 'users',
      servedBy: 'legacy',
      caller,
      request: { method: method ?? 'GET', target: target ?? `/api/customers/${index}`, headers: headers ?? [], body },
      response: response ?? { status: 200, headers: [], body: undefined },
      tookMs: 1,
    }
  }
}
