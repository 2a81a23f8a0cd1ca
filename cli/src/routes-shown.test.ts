import { expect, test } from 'vitest'
import { routesShown } from './routes-shown.ts'
import type { RouteReport } from './status-report.ts'

const asked = (route: string, requests = 0, more: Partial<RouteReport> = {}, errors = 0): RouteReport => {
  const counts = { requests, errors, p50Ms: undefined, p99Ms: undefined }
  const minute = { perSecond: 0, requests: 0, errors: 0, p50Ms: undefined, p99Ms: undefined }
  return {
    ...{ route, capability: undefined, serve: '-> monolith', shadow: '0%', proof: undefined, fallbacks: undefined },
    ...{
      arms: requests === 0 ? [] : [{ arm: 'monolith', ...counts, lastMinute: minute }],
      compared: undefined,
      ...more,
    },
  }
}

test('few routes are all shown', () => {
  const routes = [asked('a'), asked('b', 7)]
  expect(routesShown(routes)).toEqual({ routes, others: undefined })
})

test('of ten thousand a hundred are shown: those with trouble, then those that are asked the most, as the file has them', () => {
  const routes = Array.from({ length: 10_000 }, (_, n) => asked(`r${n}`, n < 300 ? n : 0))
  const compared = { samples: 9, mismatched: 1, noise: 0, transient: 0, notComparable: 0, shed: 0 }
  routes[9_000] = asked('mismatches', 0, { compared })
  routes[8_000] = asked('fails', 2, {}, 1)
  const shown = routesShown(routes)
  expect(shown.routes.map(({ route }) => route)).toEqual([
    ...Array.from({ length: 98 }, (_, n) => `r${202 + n}`),
    ...['fails', 'mismatches'],
  ])
  expect(shown.others).toBe(
    'and 9 900 more routes: 201 of them had 20 301 requests and 0 errors. All of them: banyan status --json',
  )
})

test('where nobody was asked, routes that move come before those that do not', () => {
  const moving = asked('b', 0, { capability: 'users' })
  expect(routesShown([asked('a'), moving], 1).routes).toEqual([moving])
})

test('what is left out and was never asked is told in a word', () => {
  expect(routesShown([asked('a'), asked('b', 1)], 1)).toMatchObject({
    routes: [{ route: 'b' }],
    others: 'and 1 more route: none of them was asked. All of them: banyan status --json',
  })
})
