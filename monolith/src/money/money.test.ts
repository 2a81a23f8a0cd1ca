import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMoney, centsOf, isPrice, moneyOf, rateOf, showMoney, timesMoney } from './money.ts'

test('cents and decimal strings are inverse, whatever the size', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (cents) => centsOf(moneyOf(cents)) === cents),
  )
})

test('sums that floats get wrong are right', () => {
  expect(addMoney('0.10', '0.20')).toBe('0.30')
  expect(addMoney('9999999999.99', '0.01')).toBe('10000000000.00')
  expect(addMoney()).toBe('0.00')
  expect(timesMoney('19.99', 3)).toBe('59.97')
})

test('tax is rounded half up to the cent', () => {
  expect(rateOf('100.00', 8_875)).toBe('8.88')
  expect(rateOf('10.00', 8_875)).toBe('0.89')
  expect(rateOf('0.05', 8_875)).toBe('0.00')
})

test('an amount is shown with its thousands', () => {
  expect(showMoney('1234567.50')).toBe('$1,234,567.50')
  expect(showMoney('-5.00')).toBe('-$5.00')
})

test('what is no amount is refused', () => {
  for (const text of ['', '1.234', 'abc', '1,5', '1e3', ' 1']) expect(() => centsOf(text)).toThrow(RangeError)
  expect(isPrice('12.5')).toBe(true)
  expect(isPrice('-1.00')).toBe(false)
})
