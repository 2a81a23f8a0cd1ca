import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatShopTime, parseShopTime, shopOffsetMs } from './shop-time.ts'

const hourMs = 3_600_000
const instants = fc.integer({ min: Date.parse('1971-01-01T00:00Z'), max: Date.parse('2099-12-31T00:00Z') })

test('a local time reads back as itself', () => {
  fc.assert(
    fc.property(instants, (instant) => {
      const local = formatShopTime(instant)
      expect(formatShopTime(parseShopTime(local) ?? Number.NaN)).toBe(local)
    }),
  )
})

test('an instant comes back to the minute, but for the second of the two equal hours in autumn', () => {
  fc.assert(
    fc.property(instants, (instant) => {
      const lost = instant - (parseShopTime(formatShopTime(instant)) ?? Number.NaN)
      expect(lost % hourMs).toBeLessThan(60_000)
      expect([0, 1]).toContain(Math.floor(lost / hourMs))
      expect(lost < hourMs || shopOffsetMs(instant) - shopOffsetMs(instant - hourMs) <= 0).toBe(true)
    }),
  )
})

test.each([
  ['03/04/2019 04:00 AM', '2019-03-04T09:00:00.000Z'],
  ['07/04/2019 12:00 PM', '2019-07-04T16:00:00.000Z'],
  ['12/31/2019 11:59 PM', '2020-01-01T04:59:00.000Z'],
  ['02/29/2016 12:00 AM', '2016-02-29T05:00:00.000Z'],
  ['11/03/2019 01:30 AM', '2019-11-03T05:30:00.000Z'],
  ['11/03/2019 02:00 AM', '2019-11-03T07:00:00.000Z'],
  ['03/10/2019 03:00 AM', '2019-03-10T07:00:00.000Z'],
])('%s is %s', (local, instant) => {
  expect(new Date(parseShopTime(local) ?? Number.NaN).toISOString()).toBe(instant)
})

test.each([
  '03/10/2019 02:00 AM',
  '03/10/2019 02:59 AM',
  '02/29/2019 01:00 PM',
  '13/01/2019 01:00 PM',
  '00/10/2019 01:00 PM',
  '01/00/2019 01:00 PM',
  '01/10/2019 00:00 AM',
  '01/10/2019 13:00 PM',
  '01/10/2019 12:60 PM',
  '1/10/2019 12:00 PM',
  '01/10/2019 12:00 pm',
  '01/10/2019 12:00 PM ',
  '',
])('"%s" is no time', (local) => {
  expect(parseShopTime(local)).toBeUndefined()
})
