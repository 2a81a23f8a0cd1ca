import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@banyan/toolkit/base'
import type { Exchange } from '@banyan/toolkit/traffic'
import { expect, onTestFinished, test } from 'vitest'
import { startUpstream } from './fixture.ts'
import { replaySettled } from './replay-settled.ts'

const clock = { ...systemClock, sleep: async () => {} }

/** Answers like `startUpstream('legacy')`, but differently the first `late` times. */
async function lateBy(late: number, first = 'old'): Promise<string> {
  let asked = 0
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ arm: asked++ < late ? first : 'legacy', url: request.url }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function* exchanges(): AsyncGenerator<Exchange> {
  const about = { at: '2026-01-01T00:00:00.000Z', capability: 'users', servedBy: 'legacy', caller: 'c', tookMs: 1 }
  const response = { status: 200, headers: [], body: undefined }
  for (const id of ['1', '2', '3', '4']) {
    yield {
      id,
      route: 'users.read',
      ...about,
      request: { method: 'GET', target: `/${id}`, headers: [], body: undefined },
      response,
    }
  }
}

async function replayAgainst(service: string) {
  const arms = { legacy: await startUpstream('legacy'), service }
  return await replaySettled({ exchanges: exchanges(), arms }, { clock, signal: new AbortController().signal })
}

test('a mismatch that is gone when both arms are asked again was on its way', async () => {
  const [tally] = await replayAgainst(await lateBy(3))
  expect(tally).toMatchObject({ compared: 4, matched: 4, mismatched: 0, transient: 3, groups: [] })
})

test('what no lag makes is a mismatch, though it is gone when both arms are asked again', async () => {
  const [tally] = await replayAgainst(await lateBy(3, 'LEGACY'))
  expect(tally).toMatchObject({
    compared: 4,
    matched: 1,
    mismatched: 3,
    transient: 0,
    groups: [{ path: '$.arm', count: 3 }],
  })
})

test('a mismatch that stays is one, with its difference', async () => {
  const [tally] = await replayAgainst(await lateBy(1000))
  expect(tally).toMatchObject({
    compared: 4,
    matched: 0,
    mismatched: 4,
    transient: 0,
    groups: [{ path: '$.arm', count: 4 }],
  })
})
