import { expect, test } from 'vitest'
import { guessCause } from './causes.ts'
import { buildPairs } from './seen-pairs.ts'

test.each([
  ['rounded-0', 'The service rounds total to a whole number (rounding).'],
  ['rounded-1', 'The service rounds total to 1 decimal (rounding).'],
  ['truncated-2', 'The service cuts total to 2 decimals (truncation instead of rounding).'],
])('%s reads as %j', (pattern, cause) => {
  const sample = {
    exchange: 'e-1',
    at: '2026-01-01T00:00:00Z',
    request: 'GET /',
    path: '$.total',
    legacy: 1,
    service: 2,
  }
  const pairs = buildPairs()
  pairs.add({ sample, keptAt: undefined, stale: false, gone: false, windowMs: 2 })
  const seen = pairs.seen()
  if (seen === undefined) throw new Error('nothing was seen')
  expect(guessCause({ kind: 'value', path: '$.total', pattern, seen })?.cause).toBe(cause)
})
