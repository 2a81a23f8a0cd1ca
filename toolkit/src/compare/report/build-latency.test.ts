import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildLatencyCollector } from './build-latency.ts'

test('every answer stands in one bar, and the percentiles are within 2 % of the nearest rank', () => {
  const durations = fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(durations, (took) => {
      const latency = buildLatencyCollector()
      for (const ms of took) latency.add(ms)
      const found = latency.distribution()
      expect(found?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(took.length)
      const ordered = found?.buckets.map(({ upToMs }) => upToMs) ?? []
      expect([...ordered].sort((a, b) => a - b)).toEqual(ordered)
      const sorted = [...took].sort((a, b) => a - b)
      const median = sorted[Math.ceil(took.length / 2) - 1] ?? 0
      expect(Math.abs((found?.p50Ms ?? 0) - median)).toBeLessThanOrEqual(median * 0.021 + 0.01)
    }),
    { numRuns: 50 },
  )
})

test('an arm that was not asked has no distribution', () => {
  expect(buildLatencyCollector().distribution()).toBeUndefined()
})
