import { expect, test } from 'vitest'
import type { Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import { patternsOf } from './patterns.ts'

test.each<[Json, Json, string]>([
  [19.99, 1999, 'times-100'],
  [1999, 19.99, 'divided-by-100'],
  ['19.90', '1990', 'times-100'],
  [1.5, 1500, 'times-1000'],
  [12.345, 12.35, 'rounded-2'],
  [12.349, 12.34, 'truncated-2'],
  [12.341, 12.35, 'rounded-up-2'],
  [12.34, 12.35, 'last-digit'],
  [4, 5, 'off-by-one'],
  [4, -4, 'negated'],
  [4.2, 0, 'zero'],
  [true, false, 'negated'],
  ['2026-01-02T09:00:00Z', '2026-01-02T14:00:00Z', 'hours+5'],
  ['2026-07-02T09:00:00Z', '2026-07-02T07:00:00Z', 'zone'],
  ['01/02/2026 09:00 AM', '01/02/2026 02:00 PM', 'hours+5'],
  [1767344400, 1767351600, 'hours+2'],
  [1767344400000, 1767351600000, 'hours+2'],
  ['2026-01-02', '2026-01-01', 'days-1'],
  ['2026-01-02T09:00:00.250Z', '2026-01-02T09:00:00Z', 'fraction-cut'],
  ['2026-01-02T09:11:17Z', '2026-01-02T09:11:00Z', 'seconds-cut'],
  ['2026-01-02T09:11:17Z', '2026-01-02T09:11:16Z', 'seconds-apart'],
  ['2026-01-02T09:11:17.004Z', '2026-01-02T09:11:17.011Z', 'milliseconds-apart'],
  ['2026-01-02T09:00:00Z', '2026-01-02', 'time-cut'],
  ['2026-01-02T09:00:00+01:00', '2026-01-02T08:00:00Z', 'other-notation'],
  ['03/04/2026 09:00 AM', '04/03/2026 09:00 AM', 'day-month-swapped'],
  ['Ada', 'ADA', 'upper-case'],
  ['Ada', 'ada', 'lower-case'],
  ['aDa Lovelace', 'Ada lovelace', 'case'],
  [' Ada ', 'Ada', 'trimmed'],
  ['Ada', 'Ada  ', 'padded'],
  ['Ada  King', 'Ada King', 'white-space'],
  ['Graf-Starhemberg-Gasse 12', 'Graf-Starhemberg-Gas', 'cut-to-20'],
  ['A long text', 'A long…', 'cut'],
  ['/api/customers/7', '/customers/7', 'prefix-lost:/api'],
  ['a', 'a?x=1', 'suffix-added:?x=1'],
  ['Müller & Söhne', 'Müller &amp; Söhne', 'html-escaped'],
  ['Müller', 'MÃ¼ller', 'encoding'],
  ['Müller', 'Muller', 'accents-lost'],
  ['é', 'e\u0301', 'unicode-form'],
  ['+43 1 234-56', '+43123456', 'punctuation'],
  ['Ada Lovelace', 'Lovelace, Ada', 'words-reordered'],
  ['x', '', 'emptied'],
])('%j against %j is %s', (legacy, service, pattern) => {
  expect(patternsOf({ kind: 'value', legacy, service })).toContain(pattern)
})

test.each<[Difference['kind'], Json | undefined, Json | undefined, readonly string[]]>([
  ['type', 7, '7', ['number-as-text']],
  ['type', '19.99', 1999, ['text-as-number+times-100']],
  ['type', 'x', null, ['null-for-value']],
  ['type', '', null, ['null-for-empty', 'null-for-value']],
  ['type', null, [], ['empty-for-null', 'value-for-null']],
  ['type', true, 1, ['boolean-as-number']],
  ['type', 'a', ['a'], ['wrapped-in-list']],
  ['missing', null, undefined, ['null-left-out', 'left-out']],
  ['missing', 7, undefined, ['left-out']],
  ['extra', undefined, 7, ['added']],
  ['order', [1, 2, 3], [3, 2, 1], ['reversed', 'other-order']],
  ['order', [1, 2, 3], [2, 1, 3], ['other-order']],
  ['length', 30, 20, ['cut-to-20', 'fewer-items']],
  ['status', 200, 404, ['200-to-404']],
  ['value', 'pending', 'open', []],
])('%s of %j against %j is %j', (kind, legacy, service, patterns) => {
  expect(patternsOf({ kind, legacy, service })).toEqual(patterns)
})
