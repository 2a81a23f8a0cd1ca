import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import { compareRuns } from '../report/comparing.fixture.ts'

/** A thing that changes every ten exchanges, in fields that take a value again and again. */
function thing(exchange: number): { readonly [key: string]: Json } {
  const version = Math.floor(exchange / 10)
  return {
    phone: version % 2 === 0 ? null : '',
    type: version % 3 === 0 ? 'S' : 'B',
    interests: ['a', 'b', 'c'].slice(version % 3),
    updatedAt: new Date(Date.UTC(2026, 0, 1) + version * 3_600_000).toISOString(),
  }
}

const sameRequest = (compared: { readonly exchange: string }) => ({ request: 'GET /api/customers/7', ...compared })
const noise = () => ({ requestId: randomUUID(), labels: shuffled(['a', 'b', 'c', 'd', 'e', 'f']) })

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

test.each([
  ['', () => ({})],
  [', also among noise', noise],
])('a whole answer that legacy had given earlier is one cluster over its fields%s', async (_, more) => {
  const isStale = (exchange: number) => exchange % 10 === 4 && exchange > 10
  const { clusters, routes } = await compareRuns([
    {
      exchanges: 400,
      legacy: (exchange) => ({ ...thing(exchange), ...more() }),
      service: (exchange) => ({ ...thing(isStale(exchange) ? exchange - 10 : exchange), ...more() }),
      twiceWhenMismatched: true,
      change: (compared) => ({ ...compared, ...sameRequest({ exchange: compared.exchange }) }),
    },
  ])
  expect(clusters).toMatchObject([{ path: '$', pattern: 'stale-read', exchanges: 39, remedy: undefined }])
  expect(clusters[0]?.cause).toMatch(/stale read.*updatedAt/)
  expect(routes[0]?.tally.mismatched).toBe(39)
})

test('one field that has an earlier value is no stale read, for the rest is as it should be', async () => {
  const { clusters } = await compareRuns([
    {
      exchanges: 400,
      legacy: thing,
      service: (exchange) => ({ ...thing(exchange), ...(exchange % 10 === 4 ? { type: 'S' } : {}) }),
      change: (compared) => ({ ...compared, ...sameRequest({ exchange: compared.exchange }) }),
    },
  ])
  expect(clusters.map(({ path, pattern }) => [path, pattern])).not.toContainEqual(['$', 'stale-read'])
})

test('an item of a list that is as it was is a stale read too, beside other faults', async () => {
  const items = (exchange: number) => [0, 1, 2].map((id) => ({ id, ...thing(exchange) }))
  const { clusters } = await compareRuns([
    {
      exchanges: 300,
      legacy: (exchange) => ({ items: items(exchange), total: 5 }),
      service: (exchange) => ({
        items: items(exchange).map((item, at) =>
          at === 1 && exchange > 10 && exchange % 10 === 5 ? (items(exchange - 10)[at] ?? item) : item,
        ),
        total: exchange % 10 === 5 ? 500 : 5,
      }),
      change: (compared) => ({ ...compared, ...sameRequest({ exchange: compared.exchange }) }),
    },
  ])
  expect(clusters.map(({ pattern }) => pattern).sort()).toEqual(['stale-read', 'times-100'])
})
