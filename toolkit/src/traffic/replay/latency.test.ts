import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildLatency } from './latency.ts'

test('percentiles are within 2 % of the nearest rank, and never above the largest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (durations) => {
        const latency = buildLatency()
        for (const ms of durations) latency.record(ms)
        const sorted = [...durations].sort((a, b) => a - b)
        const { count, p50Ms, p99Ms, maxMs } = latency.summary()
        expect(count).toBe(durations.length)
        expect(maxMs).toBeCloseTo(sorted.at(-1) ?? 0, 1)
        expect(p99Ms).toBeLessThanOrEqual(maxMs)
        const median = sorted[Math.ceil(durations.length / 2) - 1] ?? 0
        expect(Math.abs(p50Ms - median)).toBeLessThanOrEqual(median * 0.021 + 0.01)
      },
    ),
  )
})

test('no durations give zeros, with a count that says so', () => {
  expect(buildLatency().summary()).toEqual({ count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 })
})
