import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from './codec.ts'
import { field } from './fields.ts'
import { localTime } from './local-time.ts'
import { buildZone } from './zone.ts'

const newYork = localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' })

test('a local time is an instant, in winter and in summer', () => {
  expect(newYork.toService('03/04/2019 04:00 AM')).toBe('2019-03-04T09:00:00.000Z')
  expect(newYork.toService('05/06/2024 09:07 AM')).toBe('2024-05-06T13:07:00.000Z')
  expect(newYork.toService('12/31/2024 12:00 AM')).toBe('2024-12-31T05:00:00.000Z')
  expect(newYork.toLegacy('2024-05-06T16:07:42.123Z')).toBe('05/06/2024 12:07 PM')
})

test('a time that the clocks skip and an impossible date are refused with their value', () => {
  expect(newYork.toService('03/10/2024 02:30 AM')).toEqual(
    new Refusal('"03/10/2024 02:30 AM" does not exist in America/New_York: the clocks skip it'),
  )
  for (const impossible of [
    '02/30/2024 09:00 AM',
    '13/01/2024 09:00 AM',
    '01/01/2024 00:10 AM',
    '1/1/2024 9:00 AM',
    '01/01/2024 09:60 AM',
    '',
  ]) {
    expect(newYork.toService(impossible)).toBeInstanceOf(Refusal)
  }
})

test('of the hour that comes twice the first is meant, unless the second is remembered', () => {
  const created = field('crt_dt', 'created_at', newYork)
  const row = { crt_dt: '11/03/2024 01:30 AM' }
  const fresh: Record<string, never> = {}
  created.carry('service', { row, before: undefined, out: fresh })
  expect(fresh).toEqual({ created_at: '2024-11-03T05:30:00.000Z' })
  const kept: Record<string, never> = {}
  created.carry('service', { row, before: { created_at: '2024-11-03T06:30:17.000Z' }, out: kept })
  expect(kept).toEqual({ created_at: '2024-11-03T06:30:17.000Z' })
})

test('an instant without a zone is refused: it would be read in the zone of the machine', () => {
  expect(newYork.toLegacy('2024-05-06T13:07:00')).toBeInstanceOf(Refusal)
  expect(newYork.toLegacy('2024-05-06T13:07:00+02:00')).toBe('05/06/2024 07:07 AM')
})

test('every instant is among the instants of the wall time that its zone shows', () => {
  const zones = [
    'America/New_York',
    'Europe/London',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'America/St_Johns',
    'UTC',
  ].map(buildZone)
  const instants = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2060, 0) })
  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
      const second = Math.floor(instant / 1000) * 1000
      expect(zone.instantsOf(second + zone.offsetAt(second))).toContain(second)
    }),
  )
})
