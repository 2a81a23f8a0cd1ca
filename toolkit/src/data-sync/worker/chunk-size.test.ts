import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextSize } from './chunk-size.ts'

const bounds = { smallest: 20, largest: 10_000 }

test('a chunk size never leaves its bounds, nor more than doubles or halves within them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 10_000 }), fc.double({ min: 0, max: 1e6, noNaN: true }), (size, tookMs) => {
      const next = nextSize(size, { tookMs, targetMs: 80 }, bounds)
      expect(next).toBeGreaterThanOrEqual(Math.max(20, Math.floor(size / 2)))
      expect(next).toBeLessThanOrEqual(Math.min(10_000, size * 2))
    }),
  )
})

test('a steady cost per row is met within a few chunks', () => {
  let size = 500
  for (let chunk = 0; chunk < 8; chunk++) size = nextSize(size, { tookMs: size * 0.02, targetMs: 80 }, bounds)
  expect(size).toBe(4000)
})
