import { expect, test } from 'vitest'
import type { Difference } from '../difference.ts'
import { describeDifference } from './describe.ts'

test.each([
  ['2019-03-04T09:00Z', '2019-03-04T14:00Z', 'legacy 09:00Z  service 14:00Z  (+5 h)'],
  ['2019-03-04T22:00Z', '2019-03-05T03:00Z', 'legacy 2019-03-04 22:00Z  service 2019-03-05 03:00Z  (+5 h)'],
  ['2019-03-04T09:00:00Z', '2019-03-04T08:59:59.500Z', 'legacy 09:00:00Z  service 08:59:59.500Z  (-500 ms)'],
  [
    '2019-03-04T09:00Z',
    '2019-03-04T09:00:00.000Z',
    'legacy 2019-03-04T09:00Z  service 2019-03-04T09:00:00.000Z  (same instant, other notation)',
  ],
  [
    '2019-03-04T09:00Z',
    '2019-03-04T04:00-05:00',
    'legacy 2019-03-04T09:00Z  service 2019-03-04T04:00-05:00  (same instant, other notation)',
  ],
  ['03/04/2019 09:00 AM', '03/04/2019 12:30 PM', 'legacy 09:00 AM  service 12:30 PM  (+3 h 30 min)'],
  ['03/04/2019 12:00 AM', '03/05/2019 12:00 AM', 'legacy 03/04/2019 12:00 AM  service 03/05/2019 12:00 AM  (+1 d)'],
  [
    '03/04/2019 04:00 AM',
    '2019-03-04T09:00Z',
    'legacy 03/04/2019 04:00 AM  service 2019-03-04T09:00Z  (+5 h if both are UTC; one names no zone)',
  ],
  ['2019-03-04', '2019-03-01', 'legacy 2019-03-04  service 2019-03-01  (-3 d)'],
  ['2019-13-04T09:00Z', '2019-03-04T09:00Z', 'legacy "2019-13-04T09:00Z"  service "2019-03-04T09:00Z"'],
  [19.99, 1999, 'legacy 19.99  service 1999  (x100)'],
  [1999, 19.99, 'legacy 1999  service 19.99  (/100)'],
  [10, 13.5, 'legacy 10  service 13.5  (+3.5)'],
  [0, 5, 'legacy 0  service 5'],
  ['19.99', '1999', 'legacy "19.99"  service "1999"  (x100)'],
  ['19.9', '19.90', 'legacy "19.9"  service "19.90"  (same number, other notation)'],
  ['SMITH, JOHN', 'Smith, John', 'legacy "SMITH, JOHN"  service "Smith, John"  (case only)'],
  ['Main St ', 'Main St', 'legacy "Main St "  service "Main St"  (white space only)'],
  ['Main  St', 'main st', 'legacy "Main  St"  service "main st"  (case and white space only)'],
  ['A', 'S', 'legacy "A"  service "S"'],
  ['', 'x', 'legacy ""  service "x"'],
  [true, false, 'legacy true  service false'],
])('a value: %s against %s', (legacy, service, expected) => {
  expect(describeDifference(difference({ kind: 'value', legacy, service }))).toBe(`$.a  ${expected}`)
})

test('null, missing and the empty text are told apart', () => {
  expect(describeDifference(difference({ kind: 'type', legacy: null, service: '' }))).toBe(
    '$.a  legacy null  service ""  (null, text)',
  )
  expect(describeDifference(difference({ kind: 'missing', legacy: null }))).toBe('$.a  legacy null  service missing')
  expect(describeDifference(difference({ kind: 'extra', service: '' }))).toBe('$.a  legacy missing  service ""')
})

test('the other kinds say what they are, and the two sides may have other names', () => {
  expect(describeDifference(difference({ kind: 'order', legacy: [1, 2], service: [2, 1] }))).toBe(
    '$.a  legacy [1,2]  service [2,1]  (same items, other order)',
  )
  const header = difference({ kind: 'header', path: 'header:content-type', legacy: 'text/html', service: undefined })
  expect(describeDifference(header, ['recorded', 'service'])).toBe(
    'header:content-type  recorded text/html  service missing',
  )
  const status = difference({ kind: 'status', path: 'status', legacy: 200, service: 404 })
  expect(describeDifference(status)).toBe('status  legacy 200  service 404')
})

function difference(given: Partial<Difference>): Difference {
  return { kind: 'value', path: '$.a', legacy: undefined, service: undefined, ...given }
}
