import { expect, test } from 'vitest'
import { isOwnNoise } from './decide.ts'

const none = { here: 0, legacyAlone: 0, both: 0 }
const unasked = { drawn: none, mismatched: none, comesAgain: { no: 0, yes: 0 } }

test('the arms may differ as often as two answers of legacy do, give or take chance', () => {
  expect(isOwnNoise({ ...unasked, drawn: { here: 60, legacyAlone: 52, both: 400 } })).toBe(true)
  expect(isOwnNoise({ ...unasked, drawn: { here: 0, legacyAlone: 0, both: 900 } })).toBe(true)
  expect(isOwnNoise({ ...unasked, drawn: { here: 13, legacyAlone: 0, both: 1 } })).toBe(true)
})

test('far more often is a regression, however noisy the path is', () => {
  expect(isOwnNoise({ ...unasked, drawn: { here: 14, legacyAlone: 0, both: 1 } })).toBe(false)
  expect(isOwnNoise({ ...unasked, drawn: { here: 160, legacyAlone: 52, both: 400 } })).toBe(false)
})

test('where only mismatches were asked twice, noise must come again', () => {
  const mismatched = { here: 50, legacyAlone: 0, both: 50 }
  expect(isOwnNoise({ ...unasked, comesAgain: { no: 50, yes: 50 } })).toBe(true)
  expect(isOwnNoise({ ...unasked, comesAgain: { no: 95, yes: 5 } })).toBe(false)
  expect(isOwnNoise({ ...unasked, mismatched, comesAgain: { no: 0, yes: 100 } })).toBe(false)
  expect(
    isOwnNoise({ ...unasked, mismatched: { ...mismatched, legacyAlone: 30 }, comesAgain: { no: 0, yes: 100 } }),
  ).toBe(true)
})
