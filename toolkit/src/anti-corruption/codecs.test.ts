import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from './codec.ts'
import { codes, commaList, decimal } from './codecs.ts'
import { lastFirstName, meanings } from './tuple-codecs.ts'

test('a decimal text is a whole number of its smallest unit', () => {
  const money = decimal(2)
  expect(['12.5', '12.50', '0012.500', '-0.01', '7'].map((text) => money.toService(text))).toEqual([
    1250, 1250, 1250, -1, 700,
  ])
  expect([1250, -1, 0, 5].map((units) => money.toLegacy(units))).toEqual(['12.50', '-0.01', '0.00', '0.05'])
  for (const bad of ['1.005', 'NaN', '1e3', '', '99999999999999999'])
    expect(money.toService(bad)).toBeInstanceOf(Refusal)
})

test('whole units survive the way to decimal text and back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 4 }), (units, scale) => {
      const codec = decimal(scale)
      expect(codec.toService(codec.toLegacy(units) as string)).toBe(units === 0 ? 0 : units)
    }),
  )
})

test('every list that can be written is read again', () => {
  const codec = commaList()
  fc.assert(
    fc.property(fc.array(fc.string()), (list) => {
      const text = codec.toLegacy(JSON.stringify(list))
      if (!(text instanceof Refusal)) expect(codec.toService(text)).toBe(JSON.stringify(list))
      else expect(list.some((item) => item.includes(',')) || list.join() === '').toBe(true)
    }),
  )
})

test('a code that stands twice is a mistake of the list', () => {
  expect(() =>
    codes([
      ['A', 'active'],
      ['B', 'active'],
    ]),
  ).toThrow('twice')
})

test('a nullable column that means two things has its meaning in a column of its own', () => {
  const phone = meanings(
    [
      [null, 'unknown'],
      ['', 'declined'],
    ],
    'given',
  )
  expect([null, '', '+1'].map((value) => phone.toService([value]))).toEqual([
    ['unknown', null],
    ['declined', null],
    ['given', '+1'],
  ])
  expect(phone.toLegacy(['declined', null])).toEqual([''])
  for (const bad of [
    ['given', null],
    ['given', ''],
    ['unknown', '+1'],
    ['lost', null],
  ])
    expect(phone.toLegacy(bad)).toBeInstanceOf(Refusal)
})

test('names are parted at the comma and get capitals where names have them', () => {
  const name = lastFirstName()
  expect(name.toService(["O'NEIL, ANNA-LISA"])).toEqual(['Anna-Lisa', "O'Neil"])
  expect(name.toService(['CHER'])).toEqual(['', 'Cher'])
  expect(name.toLegacy(['Ian', 'McKay'])).toEqual(['MCKAY, IAN'])
  expect(name.toService([' '])).toBeInstanceOf(Refusal)
})
