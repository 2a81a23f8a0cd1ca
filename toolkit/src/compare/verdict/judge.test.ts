import { expect, test } from 'vitest'
import { boundOf, boundText, judgeBound, outcomeOf } from './judge.ts'

test.each([
  [2995, 0, 0.001, 'pass'],
  [2994, 0, 0.001, 'unknown'],
  [10_000, 3, 0.001, 'pass'],
  [10_000, 8, 0.001, 'unknown'],
  [10_000, 11, 0.001, 'fail'],
  [100, 1, 0.001, 'fail'],
  [5, 0, 0, 'pass'],
  [5, 1, 0, 'fail'],
  [0, 0, 0, 'unknown'],
  [0, 0, 1, 'unknown'],
])('of %i compared, %i mismatched, with at most %f wanted: %s', (compared, mismatched, wanted, outcome) => {
  expect(judgeBound(boundOf(compared, mismatched, wanted))).toBe(outcome)
})

test('a bound is told with its denominator, and with what it needs', () => {
  expect(boundText(boundOf(0, 0, 0.001))).toBe('nothing was compared')
  expect(boundText(boundOf(9204, 312, 0.001))).toBe(
    '312 of 9 204 mismatched: at most 3.8% at 95 % confidence; at most 0.1% is wanted',
  )
  expect(boundText(boundOf(50, 0, 0))).toBe('0 of 50 mismatched: at most 5.9% at 95 % confidence; none is wanted')
})

test('a bound is rounded up: what is said to be at most so much is never more', () => {
  expect(boundText(boundOf(2994, 0, 0))).toContain('at most 0.11% at')
})

test('law 7: no condition, and one that is unknown, never open a gate', () => {
  expect(outcomeOf([])).toBe('unknown')
  expect(outcomeOf([{ outcome: 'pass' }, { outcome: 'unknown' }])).toBe('unknown')
  expect(outcomeOf([{ outcome: 'unknown' }, { outcome: 'fail' }])).toBe('fail')
  expect(outcomeOf([{ outcome: 'pass' }])).toBe('pass')
})
