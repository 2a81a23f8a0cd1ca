import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanNeeded, tailProbability, upperLimit } from './binomial.ts'

test('the upper limits are those of the printed tables', () => {
  expect(upperLimit(0, 0)).toBeUndefined()
  // Without a hit it is 1 - 0.05^(1/n).
  expect(upperLimit(0, 10)).toBeCloseTo(0.258866, 6)
  expect(upperLimit(0, 2995)).toBeCloseTo(0.000999748, 8)
  expect(upperLimit(1, 10)).toBeCloseTo(0.394163, 6)
  expect(upperLimit(5, 10)).toBeCloseTo(0.777559, 6)
  expect(upperLimit(9, 10)).toBeCloseTo(0.994884, 6)
  expect(upperLimit(10, 10)).toBe(1)
  expect(upperLimit(1, 20)).toBeCloseTo(0.216106, 6)
  expect(upperLimit(2, 100)).toBeCloseTo(0.061617, 5)
})

test('a share of 0.1 % needs 2 995 clean samples', () => {
  expect([0.001, 0.005, 0.01, 0.05, 0.5, 1].map((share) => cleanNeeded(share))).toEqual([2995, 598, 299, 59, 5, 1])
  expect(cleanNeeded(0)).toBeUndefined()
})

test('as many clean samples as are needed prove the share, and one less does not', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-5, max: 0.9, noNaN: true }), (share) => {
      const needed = cleanNeeded(share) ?? 0
      expect(upperLimit(0, needed)).toBeLessThanOrEqual(share * (1 + 1e-9))
      if (needed > 1) expect(upperLimit(0, needed - 1)).toBeGreaterThan(share)
    }),
  )
})

test('at the limit, so few hits have the probability that was given away', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (samples, part) => {
        const hits = Math.floor(samples * part)
        const limit = upperLimit(hits, samples) ?? 0
        expect(limit).toBeGreaterThan(hits / samples)
        if (hits < samples) expect(1 - tailProbability(hits + 1, samples, limit)).toBeCloseTo(0.05, 6)
      },
    ),
    { numRuns: 60 },
  )
})

test('the tail is the sum of its terms', () => {
  expect(tailProbability(0, 10, 0.5)).toBe(1)
  expect(tailProbability(10, 10, 0.5)).toBeCloseTo(1 / 1024, 12)
  expect(tailProbability(9, 10, 0.5)).toBeCloseTo(11 / 1024, 12)
  expect(tailProbability(11, 10, 0.5)).toBe(0)
  expect(tailProbability(14, 14, 0.5)).toBeCloseTo(2 ** -14, 12)
})
