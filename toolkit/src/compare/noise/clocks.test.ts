import { expect, test } from 'vitest'
import { compareRuns } from '../report/comparing.fixture.ts'

const startMs = 1_770_000_000_000

/** Two arms that both give the time with each of so many answers, one every 20 ms, and legacy asked twice or not. */
async function runOf(
  serviceOffMs: (exchange: number) => number,
  more: { readonly exchanges?: number; readonly clock?: (ms: number) => string; readonly twice?: boolean } = {},
) {
  const { exchanges = 300, clock = seconds, twice = false } = more
  let now = startMs
  const { clusters, routes } = await compareRuns([
    {
      exchanges,
      legacy: (exchange) => ({ id: exchange, at: clock(startMs + 20 * exchange) }),
      service: (exchange) => ({ id: exchange, at: clock(startMs + 20 * exchange + serviceOffMs(exchange)) }),
      twice: () => false,
      twiceWhenMismatched: twice,
      change: (compared, exchange) => {
        now = startMs + 20 * exchange + 3
        return compared
      },
      options: { now: () => now },
    },
  ])
  return { clusters: clusters.map(({ pattern, exchanges: count }) => `${pattern} in ${count}`), routes }
}

function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

test.each([
  ['before', -1],
  ['after', 1],
])(
  'a second that ticks between the arms is no regression when the service reads its clock %s legacy',
  async (_, ms) => {
    const ticksOnce = (exchange: number) => (exchange === (ms < 0 ? 100 : 99) ? 20 * ms : 0)
    const { clusters, routes } = await runOf(ticksOnce)
    expect(clusters).toEqual([])
    expect(routes[0]?.tally).toMatchObject({ mismatched: 0, noise: 1 })
  },
)

test.each([
  ['behind', -1000],
  ['ahead', 1000],
])('a service that is %s by a second always differs, also where only mismatches are asked twice', async (_, ms) => {
  for (const twice of [true, false]) {
    const { routes } = await runOf(() => ms, { twice })
    expect(routes[0]?.tally.mismatched).toBeGreaterThan(290)
  }
  expect((await runOf((exchange) => (exchange % 20 === 0 ? ms : 0))).clusters).not.toEqual([])
  expect((await runOf(() => ms, { exchanges: 3 })).routes[0]?.tally.mismatched).toBe(3)
})

test('a service that is a second behind on a clock of milliseconds is no clock that ran on', async () => {
  const toMs = (ms: number) => new Date(ms).toISOString()
  expect((await runOf(() => 2, { clock: toMs })).clusters).toEqual([])
  expect((await runOf(() => -1000, { clock: toMs })).clusters).toEqual(['seconds-apart in 300'])
  expect((await runOf((exchange) => (exchange % 20 === 0 ? -1000 : 2), { clock: toMs })).clusters).toEqual([
    'seconds-apart in 15',
  ])
})

test('an instant that is stored is no clock: a second off is a second off', async () => {
  const { clusters } = await compareRuns([
    {
      exchanges: 300,
      legacy: (exchange) => ({ at: seconds(startMs + 977_000 * exchange) }),
      service: (exchange) => ({ at: seconds(startMs + 977_000 * exchange + (exchange === 150 ? 1000 : 0)) }),
    },
  ])
  expect(clusters).toMatchObject([{ path: '$.at', exchanges: 1 }])
})
