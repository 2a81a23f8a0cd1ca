import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPercent, formatServe, parsePercent, parseServe } from './serve.ts'

const hundredths = fc.integer({ min: 0, max: 10_000 })

describe('parseServe', () => {
  test('is the inverse of formatServe', () => {
    fc.assert(
      fc.property(hundredths, (share) => {
        const parsed = parseServe(formatPercent(share / 100))
        expect(parsed.ok && parseServe(formatServe(parsed.value))).toEqual(parsed)
      }),
    )
  })

  test.each(['legacy', 'service', 'owner', '0.01%', '5%', '99.99%'])('keeps %s as it is', (text) => {
    const parsed = parseServe(text)
    expect(parsed.ok && formatServe(parsed.value)).toBe(text)
  })

  test.each([
    '',
    '5',
    '%',
    'Legacy',
    'legacy ',
    '-1%',
    '+5%',
    '1e1%',
    '0x5%',
    '.5%',
    '5.%',
    '5%%',
    '1000%',
    '100.01%',
    '0.001%',
    '5,5%',
    '٥%',
  ])('refuses %j', (text) => {
    expect(parseServe(text).ok).toBe(false)
  })

  test('keeps a message short, whatever was written', () => {
    const parsed = parseServe('x'.repeat(1000))
    expect(!parsed.ok && parsed.message.length).toBeLessThan(100)
  })
})

describe('parsePercent', () => {
  test('is exact for every step of a bucket', () => {
    fc.assert(
      fc.property(hundredths, (share) => {
        expect(parsePercent(`${share / 100}%`)).toEqual({ ok: true, value: share / 100 })
        expect(Math.round((share / 100) * 100)).toBe(share)
      }),
    )
  })
})
