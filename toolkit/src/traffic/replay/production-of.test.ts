import { expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { productionOf } from './production-of.ts'

async function* exchanges(...answers: readonly (readonly [target: string, status: number, body: string])[]) {
  for (const [target, status, body] of answers) {
    const stored = { encoding: 'utf8', data: body, bytes: body.length, truncated: false } as const
    const exchange: Exchange = {
      ...{ id: '1', at: '2026-01-01T00:00:00.000Z', route: 'users.read', capability: 'users', servedBy: 'legacy' },
      ...{ caller: undefined, tookMs: 1 },
      request: { method: 'GET', target, headers: [], body: undefined },
      response: { status, headers: [['content-type', 'application/json']], body: stored },
    }
    yield exchange
  }
}

test('what production shows is counted by route, status and shape, and what nobody kept is left out', async () => {
  const seen = exchanges(
    ...([
      ['/1', 200, '{"id":1}'],
      ['/2', 200, '{"id":2}'],
      ['/3?full=1', 200, '{"id":3}'],
    ] as const),
    ...([
      ['/4', 404, '{"code":"none"}'],
      ['/5', 0, ''],
    ] as const),
  )
  expect(await productionOf('recording all.ndjson', seen)).toMatchObject({
    source: 'recording all.ndjson',
    classes: [
      { route: 'users.read', status: 200, shape: '200 {id}', count: 2 },
      { status: 200, shape: '200 ?full {id}', count: 1 },
      { status: 404, shape: '404 {code}', count: 1 },
    ],
  })
})
