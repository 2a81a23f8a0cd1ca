import { expect, test } from 'vitest'
import { judgeNotSent } from './judge-not-sent.ts'

test('law 7: a route of which nothing, or the lesser part, could be sent is unknown', () => {
  const judged = judge({ a: 5 }, { b: { redacted: 495 }, a: { 'body-not-stored': 4 } })
  expect(judged.outcome).toBe('unknown')
  expect(judged.conditions).toEqual([
    { outcome: 'unknown', text: 'b: 495 could not be sent (redacted 495), and 0 were compared' },
  ])
  expect(judge({ a: 5 }, { a: { redacted: 3, 'body-not-stored': 3 } }).outcome).toBe('unknown')
})

test('what an operator leaves out on purpose changes no outcome', () => {
  expect(judge({ a: 5 }, { a: { 'unsafe-method': 90, 'not-asked-for': 9 } })).toMatchObject({ outcome: 'pass' })
  expect(judge({ a: 5 }, {})).toMatchObject({ outcome: 'pass', conditions: [] })
})

test('the rest of a replay that was gone on with says nothing of what came before', () => {
  const judged = judge({ a: 5 }, { a: { 'sent-before': 2 } })
  expect(judged.outcome).toBe('unknown')
  expect(judged.conditions).toMatchObject([
    { text: '2 were sent by an earlier run, and what it found is not in this report' },
  ])
  expect(judge({ a: 5 }, { a: { 'sent-before': 2 } }, 'fail').outcome).toBe('fail')
})

function judge(
  compared: Readonly<Record<string, number>>,
  notSent: Readonly<Record<string, Readonly<Record<string, number>>>>,
  outcome: 'pass' | 'fail' = 'pass',
) {
  const routes = Object.entries(compared).map(([route, count]) => routeOf(route, count))
  const reasons = Object.entries(notSent).map(([route, counts]) => [route, new Map(Object.entries(counts))] as const)
  const judged: Parameters<typeof judgeNotSent>[0] = { outcome, conditions: [], routes }
  return judgeNotSent(judged, new Map(reasons))
}

function routeOf(route: string, compared: number) {
  const bound = { compared, mismatched: 0, atMostShare: 1, wanted: undefined }
  return { route, bound }
}
