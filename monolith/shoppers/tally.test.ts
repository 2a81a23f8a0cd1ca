import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildTally } from './tally.ts'

test('a tally counts answers, failures and refusals', () => {
  const tally = buildTally()
  tally.answered('read', 200, 1)
  tally.answered('read', 503, 2)
  tally.failed('GET /x answered 503')
  tally.unanswered('write', 'PUT /x: ECONNRESET')
  tally.refused()
  tally.skipped()
  expect(tally.summary(1_000)).toMatchObject({
    requests: 3,
    failed: 2,
    skipped: 1,
    refused: 1,
    statusCodes: { 200: 1, 503: 1 },
    actions: { read: 2, write: 1 },
    failures: ['GET /x answered 503', 'PUT /x: ECONNRESET'],
  })
})

test('quantiles are right within two percent', () => {
  const latency = fc.double({ min: 0.02, max: 20_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (latencies) => {
      const tally = buildTally()
      for (const ms of latencies) tally.answered('x', 200, ms)
      const sorted = [...latencies].sort((a, b) => a - b)
      const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0
      const { p50Ms } = tally.summary(0)
      expect(p50Ms).toBeGreaterThanOrEqual(median * 0.99 - 0.01)
      expect(p50Ms).toBeLessThanOrEqual(median * 1.03 + 0.01)
    }),
  )
})

test('of many failures only the first are kept in words', () => {
  const tally = buildTally()
  for (let n = 0; n < 1_000; n++) tally.failed(`failure ${n}`)
  expect(tally.summary(0).failures).toHaveLength(20)
  expect(tally.summary(0).failed).toBe(1_000)
})
