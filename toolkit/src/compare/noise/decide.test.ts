import { expect, test } from 'vitest'
import { isOwnNoise } from './decide.ts'

const none = { here: 0, both: 0 }

test('the arms may differ as often as two answers of legacy do, give or take chance', () => {
  expect(isOwnNoise({ drawn: { here: 60, legacyAlone: 52, both: 400 }, mismatched: none })).toBe(true)
  expect(isOwnNoise({ drawn: { here: 0, legacyAlone: 0, both: 900 }, mismatched: none })).toBe(true)
  expect(isOwnNoise({ drawn: { here: 13, legacyAlone: 0, both: 1 }, mismatched: none })).toBe(true)
})

test('far more often is a regression, however noisy the path is', () => {
  expect(isOwnNoise({ drawn: { here: 14, legacyAlone: 0, both: 1 }, mismatched: none })).toBe(false)
  expect(isOwnNoise({ drawn: { here: 160, legacyAlone: 52, both: 400 }, mismatched: none })).toBe(false)
})

test('where only mismatches were asked twice, noise must come again', () => {
  const drawn = { here: 0, legacyAlone: 0, both: 0 }
  expect(isOwnNoise({ drawn, mismatched: { here: 50, both: 50 } })).toBe(true)
  expect(isOwnNoise({ drawn, mismatched: { here: 95, both: 5 } })).toBe(false)
})
