import { expect, test } from 'vitest'
import { formatLegacyName, parseLegacyName } from './name.ts'

test.each([
  ["O'BRIEN, MARY-ANN", "O'Brien", 'Mary-Ann'],
  ['McKAY, IAN', 'McKay', 'Ian'],
  ['VAN DER BERG, ANNA MARIA', 'Van Der Berg', 'Anna Maria'],
  ['SMITH, JOHN, JR', 'Smith', 'John, Jr'],
  ['GARCÍA, JOSÉ', 'García', 'José'],
  // The small form of the dotted capital is two letters, which would not come back as one.
  ['ÖZTÜRK, SİNAN İPEK', 'Öztürk', 'Sİnan İpek'],
  ['CHER', 'Cher', null],
  ['李, 小龍', '李', '小龍'],
  [', IAN', ', Ian', null],
])('%s is read as people write it', (legacy, family, given) => {
  expect(parseLegacyName(legacy)).toEqual({ family, given })
})

test('a name is written in capitals; an empty one is none', () => {
  expect(formatLegacyName({ family: 'McKay', given: 'Ian' })).toBe('MCKAY, IAN')
  expect(formatLegacyName({ family: 'Cher', given: null })).toBe('CHER')
  expect(parseLegacyName('  ')).toBeUndefined()
})
