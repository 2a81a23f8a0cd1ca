import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atMostText, countText, shareText, tookText } from './figures.ts'

test('an upper bound is never said to be less than it is, nor more than a tenth too much', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), (share) => {
      const said = Number(atMostText(share).slice(0, -1)) / 100
      expect(said).toBeGreaterThanOrEqual(share * (1 - 1e-9))
      expect(said).toBeLessThanOrEqual(share * 1.1 + 1e-9)
    }),
  )
})

test('a share is never rounded down to nothing, nor up to all', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(shareText(share) === '0%').toBe(share === 0)
      expect(shareText(share) === '100%').toBe(share === 1)
    }),
  )
})

test('counts and durations are written for people', () => {
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1 000', '1 234 567'])
  expect([0.042, 3.14, 42.4, 999.6, 1234, 125_000].map(tookText)).toEqual([
    ...['0.04 ms', '3.1 ms', '42 ms', '1000 ms', '1.23 s', '2 min 5 s'],
  ])
})
