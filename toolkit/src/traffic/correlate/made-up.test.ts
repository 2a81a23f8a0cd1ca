import { expect, test } from 'vitest'
import { type Answer, headerMap } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import { buildCorrelation } from './correlation.ts'

test('a code that comes again with another order is no id of it, so a wrong one is no id either', () => {
  const recorded = (order: number) => ({ id: order, taxCode: 19 })
  const { ids } = replayed([101, 102, 103].map(recorded), [
    { id: 501, taxCode: 7 },
    { id: 502, taxCode: 7 },
    { id: 503, taxCode: 7 },
  ])
  expect(ids.relate(19, 7, { key: 'taxCode', around: 'order' })).not.toBe('same')
  expect(ids.relate(102, 502, { key: 'id', around: 'order' })).toBe('same')
})

test('a number of its own for each order is an id of it', () => {
  const { ids } = replayed([{ orderNumber: 1007 }, { orderNumber: 1008 }], [{ orderNumber: 20 }, { orderNumber: 21 }])
  expect(ids.relate(1007, 20, { key: 'orderNumber', around: '' })).toBe('same')
  expect(ids.relate(1008, 21, { key: 'orderNumber', around: '' })).toBe('same')
})

test('an id that stays the same in every answer, as that of a cart, stays an id', () => {
  const { ids } = replayed(
    [
      { cartId: 7, itemId: 1 },
      { cartId: 7, itemId: 2 },
    ],
    [
      { cartId: 12, itemId: 31 },
      { cartId: 12, itemId: 32 },
    ],
  )
  expect(ids.relate(7, 12, { key: 'cartId', around: '' })).toBe('same')
})

test('what legacy says as it was recorded it did not make up, however much it looks like an id', () => {
  const large = { avatar: '/static/avatars/user-7-large.png' }
  const { ids } = replayed([large], [{ avatar: '/static/avatars/user-7-small.png' }])
  expect(ids.relate(large.avatar, '/static/avatars/user-7-small.png')).toBe('unknown')
})

test('a report tells at which fields pairs were learnt, and what was taken back is none', () => {
  const { report } = replayed(
    [
      { id: 7, taxCode: 19 },
      { id: 9, taxCode: 19 },
    ],
    [
      { id: 8, taxCode: 5 },
      { id: 10, taxCode: 5 },
    ],
  )
  expect(report().learnt).toEqual([
    {
      route: expect.any(String),
      place: '$.id',
      pairs: 2,
      first: { legacy: '7', service: '8', exchange: expect.any(String) },
    },
  ])
})

test('random words that legacy made up anew are ids', () => {
  const [recorded, legacy, service] = ['ord_1a2b3c4d5e6f7a8b', 'ord_99aa88bb77cc66dd', 'ord_0011aabbccdd2233']
  const { ids } = replayed([{ handle: recorded }], [{ handle: service }], [{ handle: legacy }])
  expect(ids.relate(legacy, service)).toBe('same')
})

/** Replays orders that were placed; legacy says what was recorded unless `legacy` says otherwise. */
function replayed(recorded: readonly object[], service: readonly object[], legacy = recorded) {
  const correlation = buildCorrelation()
  for (const [at, body] of recorded.entries()) {
    const traced = correlation.trace(exchangeOf(at, body))
    correlation.depends(traced, ['legacy', 'service'])
    correlation.learn(traced, { legacy: answerOf(legacy[at]), service: answerOf(service[at]) })
  }
  return correlation
}

function exchangeOf(at: number, body: object): Exchange {
  const data = JSON.stringify(body)
  return {
    ...{
      id: `x${at}`,
      at: '2026-01-02T03:04:05.000Z',
      route: 'orders.write',
      capability: 'orders',
      servedBy: 'legacy',
    },
    caller: `~tok_00000000000${at}`,
    request: { method: 'POST', target: '/api/orders', headers: [], body: undefined },
    response: { status: 201, headers: [], body: { encoding: 'utf8', data, bytes: data.length, truncated: false } },
    tookMs: 1,
  }
}

function answerOf(body: object | undefined): Answer {
  return { status: 201, headers: headerMap([]), body: Buffer.from(JSON.stringify(body)), truncated: false }
}
