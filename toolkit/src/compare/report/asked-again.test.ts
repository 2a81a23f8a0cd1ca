import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import { compareRuns, type Run } from './comparing.fixture.ts'

const lagMs = 1000
const gone: NonNullable<Run['change']> = (compared) => ({
  ...compared,
  askedAgain: { verdict: { kind: 'match' }, afterMs: lagMs },
})

/** Six customers who are read in turn, a second between two requests, and what the service says is asked again. */
function readInTurn(service: (exchange: number, customer: Json) => Json, options: Run['options'] = {}): Run {
  let now = 0
  const legacy = (exchange: number) => ({ id: exchange % 6, email: `e${exchange % 6}@shop.example` })
  return {
    ...{ exchanges: 600, legacy, service: (exchange) => service(exchange, legacy(exchange)) },
    change: (compared, exchange) => {
      now += lagMs
      return { ...gone(compared, exchange), request: `GET /api/customers/${exchange % 6}` }
    },
    options: { now: () => now, ...options },
  }
}

test('a value that comes and goes where legacy has not changed for longer than the lag is no lag: it flaps', async () => {
  const nullAtTimes = (exchange: number, customer: Json) =>
    exchange > 30 && exchange % 7 === 0 ? { ...(customer as object), email: null } : customer
  const { routes, clusters, outcome } = await compareRuns([readInTurn(nullAtTimes)])
  expect(routes[0]).toMatchObject({
    askedAgain: { transient: 0, persistent: 81, flapping: 81, unseen: 0 },
    tally: { mismatched: 81, transient: 0 },
  })
  expect(clusters).toMatchObject([{ path: '$.email', pattern: 'null-for-value', exchanges: 81, flapping: 81 }])
  expect(outcome).toBe('fail')
})

test('what legacy had said before is a lag, and no doubt is left', async () => {
  const name = (exchange: number) => ({ name: `name ${Math.floor(exchange / 10)}` })
  const { routes, clusters, outcome } = await compareRuns([
    {
      exchanges: 400,
      legacy: name,
      service: (exchange) => name(exchange % 10 === 0 && exchange > 0 ? exchange - 1 : exchange),
      change: (compared, exchange) => ({ ...gone(compared, exchange), request: 'GET /api/customers/7' }),
    },
  ])
  expect(routes[0]).toMatchObject({ askedAgain: { transient: 39, persistent: 0, flapping: 0, unseen: 0 } })
  expect({ clusters, outcome }).toEqual({ clusters: [], outcome: 'pass' })
})

test('an old value that nobody saw legacy give passes for a lag only within the share that may mismatch', async () => {
  const run = (every: number): Run => ({
    exchanges: 6000,
    legacy: (exchange) => ({ name: `n${exchange}` }),
    service: (exchange) => ({ name: exchange % every === 0 ? null : `n${exchange}` }),
    change: gone,
    options: { maxMismatchShare: 0.002 },
  })
  const few = await compareRuns([run(2000)])
  expect(few).toMatchObject({ outcome: 'pass', routes: [{ askedAgain: { transient: 3, unseen: 3 } }] })
  const many = await compareRuns([run(100)])
  expect(many).toMatchObject({
    outcome: 'unknown',
    routes: [{ outcome: 'unknown', askedAgain: { transient: 60, unseen: 60 }, tally: { mismatched: 0 } }],
  })
  expect(many.conditions.map(({ text }) => text)).toContain(
    'users.read: 60 of 6 000 were gone when asked again, and nobody saw legacy give their values before: at most 1.3% mismatch if they are no lag',
  )
  const none = await compareRuns([{ ...run(2000), options: {} }])
  expect(none.outcome).toBe('unknown')
})

test('an older value right after a write is no flapping, though nobody saw it', async () => {
  let now = 0
  const { routes } = await compareRuns([
    {
      exchanges: 2,
      legacy: () => ({ name: 'new' }),
      service: (exchange) => ({ name: exchange === 0 ? 'new' : 'old' }),
      change: (compared, exchange) => {
        // Half a lag lies between the two.
        now = exchange * lagMs * 1.5
        return { ...(exchange === 0 ? compared : gone(compared, exchange)), request: 'GET /api/customers/7' }
      },
      options: { now: () => now },
    },
  ])
  expect(routes[0]?.askedAgain).toEqual({ transient: 1, persistent: 0, flapping: 0, unseen: 1 })
})

test('mismatches that are gone after the lag are none, unless no lag can make them', async () => {
  const { routes, clusters } = await compareRuns([
    {
      exchanges: 300,
      legacy: (exchange) => ({ name: `n${exchange}`, price: exchange + 1 }),
      service: (exchange) => ({
        name: exchange % 3 === 0 ? `o${exchange * 3}` : `n${exchange}`,
        price: exchange % 3 === 1 ? (exchange + 1) * 100 : exchange + 1,
      }),
      change: gone,
    },
  ])
  expect(clusters).toMatchObject([{ path: '$.price', exchanges: 100, flapping: 100 }])
  expect(routes[0]).toMatchObject({
    askedAgain: { transient: 100, persistent: 100, flapping: 100, unseen: 100 },
    tally: { mismatched: 100, matched: 200, transient: 100 },
  })
})

test('a text that was written longer or shorter since may be a lag', async () => {
  const { routes } = await compareRuns([
    {
      exchanges: 3,
      legacy: () => ({ note: 'Ring twice' }),
      service: (at) => ({ note: ['Ring', 'twice', 'Ring twice, now'][at] ?? '' }),
      change: (compared, at) => ({ ...gone(compared, at), request: `GET /api/customers/${at}` }),
    },
  ])
  expect(routes[0]?.askedAgain).toMatchObject({ transient: 3, flapping: 0 })
})

test('what differs only where legacy differs from itself is noise, not a lag', async () => {
  let state = 1
  const tick = () => {
    state = (state * 48271) % 2147483647
    return state
  }
  const { routes } = await compareRuns([
    {
      exchanges: 200,
      legacy: () => ({ tick: tick() }),
      service: () => ({ tick: tick() }),
      twice: () => true,
      change: gone,
    },
  ])
  expect(routes[0]).toMatchObject({
    askedAgain: { transient: 0, persistent: 0, flapping: 0, unseen: 0 },
    tally: { noise: 200 },
  })
})
