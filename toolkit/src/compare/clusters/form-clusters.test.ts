import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import { compareRuns } from '../report/comparing.fixture.ts'

/** The clusters of one field, of which each pair of values is met so often. */
async function clustersOf(pairs: readonly (readonly [legacy: Json, service: Json, times: number])[]) {
  const met = pairs.flatMap(([legacy, service, times]) => Array.from({ length: times }, () => ({ legacy, service })))
  const { clusters } = await compareRuns([
    {
      exchanges: met.length,
      legacy: (exchange) => ({ field: met[exchange]?.legacy ?? null }),
      service: (exchange) => ({ field: met[exchange]?.service ?? null }),
    },
  ])
  return clusters.map(({ pattern, exchanges }) => `${pattern} in ${exchanges}`)
}

test('a few stray values leave an empty value for null what it is, and are a cluster of their own', async () => {
  expect(
    await clustersOf([
      [null, '', 14],
      [null, '+1 202 555 0101', 1],
      [null, '+1 202 555 0102', 2],
    ]),
  ).toEqual(['empty-for-null in 14', 'value-for-null in 3'])
})

test('a few stray values leave a fixed map of values what it is, and are a cluster of their own', async () => {
  expect(
    await clustersOf([
      ['S', 'H', 34],
      ['S', 'B', 1],
      ['B', 'S', 1],
    ]),
  ).toEqual(['enum in 34', 'none in 2'])
})

test('a zone whose hours change over the year stays one cluster, however often each of them is met', async () => {
  expect(
    await clustersOf([
      ['2026-01-02T09:00:00Z', '2026-01-02T14:00:00Z', 9],
      ['2026-07-02T09:00:00Z', '2026-07-02T13:00:00Z', 1],
    ]),
  ).toEqual(['zone in 10'])
})

test('values without anything in common stay one cluster', async () => {
  expect(
    await clustersOf([
      ['S', 'H', 5],
      ['S', 'B', 5],
      ['H', 'X', 2],
    ]),
  ).toEqual(['none in 12'])
})
