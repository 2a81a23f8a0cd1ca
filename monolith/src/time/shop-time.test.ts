import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromLocal, localToJson, toJsonInstant, toLocal } from './shop-time.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

describe('local time', () => {
  test.each([
    ['2019-03-04T14:00:00Z', '03/04/2019 09:00 AM'],
    ['2024-07-01T16:30:59Z', '07/01/2024 12:30 PM'],
    ['2020-01-01T05:00:00Z', '01/01/2020 12:00 AM'],
    ['2016-02-29T17:05:00Z', '02/29/2016 12:05 PM'],
    ['2024-03-10T06:59:00Z', '03/10/2024 01:59 AM'],
    ['2024-03-10T07:00:00Z', '03/10/2024 03:00 AM'],
  ])('%s is %s, and back', (instant, local) => {
    expect(toLocal(new Date(instant))).toBe(local)
    expect(toJsonInstant(fromLocal(local))).toBe(`${instant.slice(0, 16)}Z`)
  })

  test('of an hour that comes twice the first is meant', () => {
    expect(localToJson('11/03/2019 01:30 AM')).toBe('2019-11-03T05:30Z')
    expect(toLocal(new Date('2019-11-03T05:30Z'))).toBe('11/03/2019 01:30 AM')
    expect(toLocal(new Date('2019-11-03T06:30Z'))).toBe('11/03/2019 01:30 AM')
    expect(localToJson('11/03/2019 02:00 AM')).toBe('2019-11-03T07:00Z')
  })

  test('a time that the clocks skipped lies as far behind the gap as it was into it', () => {
    expect(localToJson('03/10/2019 02:30 AM')).toBe('2019-03-10T07:30Z')
  })

  test('every instant comes back to the minute, or an hour early when its hour comes twice', () => {
    const range = { min: Date.UTC(2007, 3), max: Date.UTC(2035, 0) }
    fc.assert(
      fc.property(fc.integer(range), (ms) => {
        const minute = Math.floor(ms / minuteMs) * minuteMs
        const back = fromLocal(toLocal(new Date(ms))).getTime()
        expect([minute, minute - hourMs]).toContain(back)
        expect(toLocal(new Date(back))).toBe(toLocal(new Date(ms)))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    '2019-03-04',
    '13/01/2019 09:00 AM',
    '02/30/2019 09:00 AM',
    '03/04/2019 13:00 PM',
    '03/04/2019 00:10 AM',
    '',
  ])('"%s" is refused', (text) => expect(() => fromLocal(text)).toThrow(RangeError))

  test('null stays null', () => expect(localToJson(null)).toBeNull())
})
