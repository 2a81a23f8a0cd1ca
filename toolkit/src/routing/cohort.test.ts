import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketCount, bucketOf, shareServes } from './cohort.ts'

const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100)

describe('bucketOf', () => {
  test('is the same for ever: these values may not change, or callers change arms with an upgrade', () => {
    expect(bucketOf('users', 'alice')).toMatchInlineSnapshot(`9601`)
    expect(bucketOf('users', 'bob')).toMatchInlineSnapshot(`743`)
    expect(bucketOf('orders', 'alice')).toMatchInlineSnapshot(`3011`)
    expect(bucketOf('users', '')).toMatchInlineSnapshot(`2315`)
    expect(bucketOf('users', 'J\u00f6rg \u{1f333}')).toMatchInlineSnapshot(`3267`)
  })

  test('equals the documented hash, written down from its definition with big integers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (capability, caller) => {
        expect(bucketOf(capability, caller)).toBe(definedBucket(capability, caller))
      }),
    )
  })

  test.each([
    ['consecutive numbers', (n: number) => String(n)],
    ['prefixed numbers', (n: number) => `customer-${n}@example.org`],
    ['hex tokens', (n: number) => createHash('sha256').update(String(n)).digest('hex').slice(0, 32)],
    ['base64 tokens', (n: number) => createHash('sha256').update(String(n)).digest('base64url')],
  ])('spreads %s evenly over the buckets (chi-square, 100 groups, p > 0.001)', (_name, callerOf) => {
    const counts = new Array<number>(100).fill(0)
    for (let n = 0; n < 100_000; n++) {
      const group = Math.floor(bucketOf('users', callerOf(n)) / 100)
      counts[group] = (counts[group] ?? 0) + 1
    }
    // 99 degrees of freedom: the 99.9th percentile is 148.2; below 50 would be too even to be a hash.
    expect(chiSquare(counts, 1000)).toBeLessThan(148.2)
    expect(chiSquare(counts, 1000)).toBeGreaterThan(50)
  })

  test('is independent between capabilities: who is early for one is not early for the other', () => {
    const counts = new Array<number>(100).fill(0)
    for (let n = 0; n < 100_000; n++) {
      const cell = Math.floor(bucketOf('users', `c${n}`) / 1000) * 10 + Math.floor(bucketOf('orders', `c${n}`) / 1000)
      counts[cell] = (counts[cell] ?? 0) + 1
    }
    expect(chiSquare(counts, 1000)).toBeLessThan(148.2)
  })
})

describe('a share of callers', () => {
  test('serves as many callers as it says', () => {
    for (const share of [0.5, 5, 10, 50, 99]) {
      let served = 0
      for (let n = 0; n < 50_000; n++) if (shareServes(share, bucketOf('users', `caller ${n}`))) served++
      expect(Math.abs(served / 500 - share)).toBeLessThan(0.8)
    }
  })

  test('only ever adds callers when it grows, and moves all of them back when it goes back', () => {
    fc.assert(
      fc.property(fc.string(), percent, percent, (caller, one, other) => {
        const [small, large] = one < other ? [one, other] : [other, one]
        const bucket = bucketOf('users', caller)
        if (shareServes(small, bucket)) expect(shareServes(large, bucket)).toBe(true)
        expect(shareServes(0, bucket)).toBe(false)
        expect(shareServes(100, bucket)).toBe(true)
      }),
    )
  })

  test('has steps of one bucket: 0.29% is 29 buckets although 0.29 * 100 is not 29', () => {
    expect(shareServes(0.29, 28)).toBe(true)
    expect(shareServes(0.29, 29)).toBe(false)
    expect(shareServes(0.01, 0)).toBe(true)
    expect(shareServes(0.01, 1)).toBe(false)
    expect(bucketCount).toBe(10_000)
  })
})

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

function definedBucket(capability: string, caller: string): number {
  const mask = 0xffffffffn
  let hash = 0x811c9dc5n
  for (const byte of Buffer.from(`${capability}\0${caller}`, 'utf8')) {
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) & mask
  }
  hash ^= hash >> 16n
  hash = (hash * 0x85ebca6bn) & mask
  hash ^= hash >> 13n
  hash = (hash * 0xc2b2ae35n) & mask
  hash ^= hash >> 16n
  return Number((hash * 10_000n) >> 32n)
}
