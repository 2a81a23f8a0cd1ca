import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from './replay.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

test('a replay that was interrupted goes on, and sends nothing twice', async () => {
  const asked: string[] = []
  const arm = await startArm((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  const resume = path.join(folder(), 'resume')
  const controller = new AbortController()
  const { signal } = controller
  const onProgress = ({ sent }: { readonly sent: number }) => {
    if (sent === 20) controller.abort()
  }
  const first = await replayRecording({
    exchanges: recorded(60),
    arms: { service: arm },
    resume,
    signal,
    onProgress,
    concurrency: 1,
  })
  expect(first).toMatchObject({ interrupted: true })
  expect(statSync(resume).mode & 0o777).toBe(0o600)
  // What a kill in the middle of a line leaves behind.
  appendFileSync(resume, '4')
  const second = await replayRecording({ exchanges: recorded(60), arms: { service: arm }, resume })
  expect(second.exchanges).toEqual(expect.objectContaining({ read: 60, sent: 40, skipped: { 'sent-before': 20 } }))
  expect(new Set(asked).size).toBe(60)
  // The request that was under way when it was interrupted may have been seen by the arm.
  expect(asked.length).toBeLessThanOrEqual(61)
})

test('a write that was under way when a replay was interrupted is not sent a second time', async () => {
  let writes = 0
  const controller = new AbortController()
  const arm = await startArm((request, response) => {
    if (request.method !== 'POST') return response.end('{}')
    writes += 1
    controller.abort()
  })
  const resume = path.join(folder(), 'resume')
  async function* withWrite() {
    for await (const exchange of recorded(5)) {
      const method = exchange.id.endsWith('2') ? 'POST' : 'GET'
      yield { ...exchange, request: { ...exchange.request, method } }
    }
  }
  const options = { arms: { service: arm }, resume, writes: 'send', concurrency: 1 } as const
  await replayRecording({ ...options, exchanges: withWrite(), signal: controller.signal })
  const second = await replayRecording({ ...options, exchanges: withWrite() })
  expect({ writes, read: second.exchanges.read }).toEqual({ writes: 1, read: 5 })
})

test('a read that a header turns into a write is a write', async () => {
  const asked: string[] = []
  const arm = await startArm((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  async function* overridden() {
    for await (const exchange of recorded(1)) {
      yield { ...exchange, request: { ...exchange.request, headers: [['X-HTTP-Method-Override', 'delete'] as const] } }
    }
  }
  const report = await replayRecording({ exchanges: overridden(), arms: { service: arm } })
  expect({ asked, skipped: report.exchanges.skipped }).toEqual({ asked: [], skipped: { 'unsafe-method': 1 } })
})

test('a file of another recording, and one that is none, are refused', async () => {
  const arm = await startArm((_request, response) => response.end('{}'))
  const resume = path.join(folder(), 'resume')
  await replayRecording({ exchanges: recorded(3), arms: { service: arm }, resume })
  const other = replayRecording({ exchanges: recorded(3, 'other'), arms: { service: arm }, resume })
  await expect(other).rejects.toMatchObject({ code: 'resume-other-recording' })
  const none = path.join(folder(), 'none')
  appendFileSync(none, 'something else\n')
  const refused = replayRecording({ exchanges: recorded(3), arms: { service: arm }, resume: none })
  await expect(refused).rejects.toMatchObject({ code: 'resume-unreadable' })
})

test('an arm that closes early, answers garbage or never ends its answer is counted, and the run goes on', async () => {
  const good = await startArm((_request, response) => response.end('{}'))
  const answers = [
    '',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}',
    '\u0000\u0001garbage\r\n\r\n',
    'HTTP/1.1 999 Odd\r\n\r\n',
  ]
  let asked = 0
  const odd = await startSocketArm(() => answers[asked++ % answers.length] ?? '')
  const report = await replayRecording({
    exchanges: recorded(8),
    arms: { legacy: good, service: odd },
    timeoutMs: 500,
    concurrency: 2,
  })
  expect(report.exchanges.sent).toBe(8)
  const tally = report.routes[0]?.tally
  expect(tally?.notComparable['service-failed']).toBeGreaterThanOrEqual(6)
  expect((tally?.compared ?? 0) + (tally?.notComparable['service-failed'] ?? 0)).toBe(8)
  expect(report.outcome).not.toBe('pass')
  expect(report.lastFailure.service).toBeTypeOf('string')
})

test('legacy is asked twice for the share that the seed draws, and for what mismatches', async () => {
  let asked = 0
  const legacy = await startArm((_request, response) => response.end(JSON.stringify({ clock: asked++ })))
  const service = await startArm((_request, response) => response.end(JSON.stringify({ clock: -1 })))
  const same = await startArm((_request, response) => response.end('{"clock":-1}'))
  const drawn: string[][] = []
  for (const seed of ['one', 'one', 'two']) {
    const twice: string[] = []
    drawn.push(twice)
    await replayRecording({
      ...{ exchanges: recorded(100), arms: { legacy: same, service }, seed, noise: { share: 0.1 } },
      onReplayed: ({ exchange, legacyAgain }) => {
        if (legacyAgain !== undefined) twice.push(exchange.id)
      },
    })
  }
  expect(drawn[0]?.length).toBeGreaterThan(2)
  expect(drawn[0]?.length).toBeLessThan(25)
  expect(drawn[1]?.sort()).toEqual(drawn[0]?.sort())
  expect(drawn[2]?.sort()).not.toEqual(drawn[0]?.sort())
  const noisy = await replayRecording({ exchanges: recorded(50), arms: { legacy, service }, noise: { share: 0 } })
  expect(asked).toBe(100)
  expect(noisy.routes[0]?.tally.mismatched).toBeLessThanOrEqual(50)
})

test('a read that mismatches is asked again on both arms once the lag has passed', async () => {
  let caughtUp = false
  const legacy = await startArm((_request, response) => response.end('{"name":"new"}'))
  const service = await startArm((request, response) => {
    const late = !caughtUp || request.url?.endsWith('/0') === true
    response.end(late ? '{"name":"old"}' : '{"name":"new"}')
  })
  const report = await replayRecording({
    ...{ exchanges: recorded(4), arms: { legacy, service }, concurrency: 1 },
    lagPassed: async () => {
      caughtUp = true
    },
  })
  expect(report.routes[0]?.askedAgain).toEqual({ transient: 0, unseen: 0, persistent: 1, flapping: 0 })
  caughtUp = false
  const second = await replayRecording({
    ...{ exchanges: recorded(1, 'y', 1), arms: { legacy, service } },
    lagPassed: async () => {
      caughtUp = true
    },
  })
  expect(second.routes[0]?.askedAgain).toEqual({ transient: 1, unseen: 1, persistent: 0, flapping: 0 })
})

test('law 7: a recording that lacks much of what passed proves nothing, however well the rest compares', async () => {
  const arm = await startArm((_request, response) => response.end('{}'))
  const given = { malformed: 0, malformedLines: [], cut: undefined }
  const options = { arms: { legacy: arm, service: arm } }
  const little = { ...options, exchanges: recorded(200), readReport: () => ({ ...given, dropped: 2 }) }
  expect((await replayRecording(little)).outcome).toBe('pass')
  const much = { ...options, exchanges: recorded(200), readReport: () => ({ ...given, dropped: 3 }) }
  expect((await replayRecording(much)).outcome).toBe('unknown')
})

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'banyan-replay-'))
  closers.push(() => rmSync(made, { recursive: true }))
  return made
}

function startArm(handler: RequestListener): Promise<string> {
  return listening(createServer(handler))
}

function startSocketArm(answer: () => string): Promise<string> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', () => socket.end(answer()))
  })
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

async function* recorded(count: number, prefix = 'x', from = 0): AsyncGenerator<Exchange> {
  for (let index = from; index < from + count; index++) {
    yield {
      ...{ id: `${prefix}${index}`, at: '2026-01-02T03:04:05.000Z', route: 'users.read', capability: 'users' },
      ...{ servedBy: 'legacy', caller: undefined, tookMs: 1 },
      request: { method: 'GET', target: `/api/customers/${index}`, headers: [], body: undefined },
      response: { status: 200, headers: [], body: undefined },
    }
  }
}
